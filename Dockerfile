FROM node:24-trixie-slim AS dependencies
WORKDIR /srv
COPY package.json package-lock.json .npmrc ./
# Out go what no process reads: types, source maps, documentation.
RUN npm ci --omit=dev --ignore-scripts \
    && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -iname '*.md' \) -delete \
    && find node_modules -type d \( -name docs -o -name test -o -name tests -o -name examples -o -name '.github' \) -prune -exec rm -rf {} +

# The chaos runner as two files: what it needs for a cluster's API is a development dependency, and large.
FROM node:24-trixie-slim AS chaos
WORKDIR /srv
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY chaos ./chaos
RUN npx rolldown chaos/run.ts chaos/heal.ts --platform node --format esm --minify --dir bundle --entry-file-names '[name].ts'

# Debian with the one binary: no npm, no corepack, no yarn.
FROM debian:trixie-slim AS runtime
COPY --from=dependencies /usr/local/bin/node /usr/local/bin/node
WORKDIR /srv
ENV NODE_ENV=production HOST=0.0.0.0
USER 10001:10001

FROM runtime AS ops
COPY --from=grafana/k6:2.0.0 /usr/bin/k6 /usr/local/bin/k6
COPY package.json ./
COPY loadtests ./loadtests
COPY --from=chaos /srv/bundle ./chaos
CMD ["node", "loadtests/run.ts", "smoke"]

# The service as one program, with what Node makes of it at its first start.
FROM dependencies AS program
WORKDIR /opt/build
RUN ln -s /srv/node_modules node_modules && cp /srv/package.json ./ \
    && cd .. && npm install --ignore-scripts --no-audit --no-fund "rolldown@$(node -p "require('/srv/package.json').devDependencies.rolldown")"
COPY app ./app
RUN node app/build/run.ts /srv

# Last, so that a build without --target makes the service.
FROM runtime AS app
COPY --from=program /srv/package.json ./
COPY --from=program /srv/.compile-cache ./.compile-cache
COPY --from=program /srv/app ./app
ENV NODE_COMPILE_CACHE=/srv/.compile-cache
EXPOSE 8080 9464
# Asks itself over loopback, where the certificate's name is not the one that is called.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "require(process.env.TLS_CERT_FILE ? 'https' : 'http').get({host: '127.0.0.1', port: process.env.PORT ?? 8080, path: '/livez', rejectUnauthorized: false}, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "--max-old-space-size-percentage=65", "app/main.js"]
