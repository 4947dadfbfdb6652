# syntax=docker/dockerfile:1

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=devel COMMIT
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    GOOS=$TARGETOS GOARCH=$TARGETARCH make build VERSION="$VERSION" COMMIT="$COMMIT" && mkdir data

# It has the certificates of the public authorities, and neither shell nor libraries.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /src/bin/orchestrix /orchestrix
COPY --from=build --chown=65532:65532 /src/data /data
ENV NODE_ENV=production DATA_DIR=/data
VOLUME /data
EXPOSE 4000
# by number, so that Kubernetes sees that it is not root
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/orchestrix", "healthcheck"]
ENTRYPOINT ["/orchestrix"]
