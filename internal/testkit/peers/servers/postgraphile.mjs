// PostGraphile as in production: no GraphiQL, no explanations, no watching of the schema.
import { createServer } from "node:http";
import { PgSimplifyInflectionPreset } from "@graphile/simplify-inflection";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";

const server = createServer();
const api = postgraphile({
  extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset, PostGraphileConnectionFilterPreset],
  grafast: { explain: false },
  grafserv: { graphiql: false, watch: false },
  pgServices: [
    makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["app"] }),
  ],
}).createServ(grafserv);
await api.addTo(server);
server.listen(Number(process.env.PORT), "127.0.0.1");
