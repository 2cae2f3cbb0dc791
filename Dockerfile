# The example server as an image. docs/guides/deployment.md says how to build, run and pin it.
# A release pins the base by digest: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:...
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
RUN npm install --global pnpm@12.21.0
# Only a changed lockfile fetches packages anew.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile --offline && pnpm build
RUN pnpm --filter example-server deploy --prod --offline /out \
  && pnpm --filter example-server sbom --prod --sbom-format cyclonedx --sbom-type application --out /out/sbom.cdx.json
# What runs, and nothing else: no sources, no source maps, no declarations, no tests, nothing of the package manager.
RUN rm -rf /out/src /out/tsconfig* /out/pnpm-* /out/.env* /out/node_modules/.bin /out/node_modules/.modules.yaml \
    /out/node_modules/.pnpm/lock.yaml /out/node_modules/.pnpm-* \
  && find /out -type f \( -name '*.map' -o -name '*.tsbuildinfo' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \
    -o -name '*.test.*' \) -delete \
  && find /out -type d -empty -delete

FROM ${NODE_IMAGE} AS server
# tini reaps what sandboxes leave behind: with node as process 1, every program that bubblewrap ran stays as a zombie.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends bubblewrap tini \
  && rm -rf /var/lib/apt/lists/*
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* \
    /usr/local/bin/yarn /usr/local/bin/yarnpkg
WORKDIR /app
COPY --from=build /out ./
RUN install --directory --owner=10001 --group=10001 --mode=0750 /data
ENV NODE_ENV=production \
    SERVER_TRANSPORT=http \
    HTTP_HOST=0.0.0.0 \
    HTTP_PORT=3000 \
    METRICS_HOST=0.0.0.0 \
    DATABASE_PATH=/data/business.db \
    FILES_ROOT=/data/workspace
USER 10001:10001
EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "require('node:http').get({ port: process.env.HTTP_PORT, path: '/readyz' }, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "dist/main.js"]
