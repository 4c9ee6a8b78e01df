// better-auth with its organization plugin: no limits, no telemetry, emails thrown away. Every
// get-session renews the session, which is what its clients do instead of exchanging a token.
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { organization } from "better-auth/plugins";
import pg from "pg";

const many = 10_000_000;
const options = {
  baseURL: `http://127.0.0.1:${process.env.PORT}`,
  secret: process.env.SECRET,
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }),
  emailAndPassword: { enabled: true },
  session: { updateAge: 0 },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: "error" },
  plugins: [
    organization({
      invitationLimit: many,
      membershipLimit: many,
      sendInvitationEmail: async () => {},
    }),
  ],
};
if (process.argv[2] === "migrate") {
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  process.exit(0);
}
createServer(toNodeHandler(betterAuth(options))).listen(Number(process.env.PORT), "127.0.0.1");
