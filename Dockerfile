# syntax=docker/dockerfile:1
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /orchestrix . && mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /orchestrix /orchestrix
COPY --from=build --chown=nonroot:nonroot /data /data
ENV NODE_ENV=production DATA_DIR=/data
VOLUME /data
EXPOSE 4000
USER nonroot
ENTRYPOINT ["/orchestrix"]
