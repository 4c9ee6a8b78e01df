# Keeps one throw-away PostgreSQL: sh -c "$(cat server.sh)" NAME BIN DIR ROLE
# It says "ready" when the server answers, then waits until its standard input closes, and takes everything away.
set -eu
bin=$1 dir=$2 role=$3
trap 'cd /; rm -rf "$dir"' EXIT
exec 2>&1

refuse() {
	cat "$dir/log"
	exit 1
}

# Byte order for sorting, as SQLite has it; UTF-8 for upper and lower case.
"$bin/initdb" --pgdata="$dir/data" --username="$role" --pwfile="$dir/password" --auth-local=trust \
	--auth-host=scram-sha-256 --encoding=UTF8 --locale=C --lc-ctype=C.UTF-8 --no-sync >"$dir/log" 2>&1 || refuse
cat "$dir/conf" >>"$dir/data/postgresql.conf"

# A child of this shell, not a daemon of pg_ctl's: a container's first process may never reap an orphan.
"$bin/postgres" -D "$dir/data" >"$dir/log" 2>&1 &
server=$!
until grep -q '^ready' "$dir/data/postmaster.pid" 2>/dev/null; do
	kill -0 "$server" 2>/dev/null || refuse
	sleep 0.05
done

echo ready
exec >/dev/null 2>&1 # whoever read may be gone by the time there is more to say
read -r _ || true
kill -QUIT "$server" # at once, without a checkpoint: nobody will read these files again
wait "$server" || true
