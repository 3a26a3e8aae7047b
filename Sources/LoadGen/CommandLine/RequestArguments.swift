internal import ArgumentParser

/// What each stream sends.
struct RequestArguments: ParsableArguments, Sendable {
  @Option(
    name: [.customShort("m"), .customShort("X"), .customLong("method"), .customLong("request")],
    help: ArgumentHelp("Request method (GET; POST with a body).", valueName: "method"),
    completion: .list(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]))
  var method: String?

  @Option(
    name: [.customShort("H"), .customLong("header")], parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A request header; may be repeated.", valueName: "name: value"))
  var headers: [String] = []

  @Option(
    name: [.customShort("d"), .customLong("data"), .customLong("body")], parsing: .unconditional,
    help: ArgumentHelp("Request body; @FILE reads a file, byte for byte.", valueName: "text|@file"))
  var data: String?

  @Option(
    name: [.customShort("D"), .customLong("data-file")],
    help: ArgumentHelp(
      "Request body from a file, byte for byte. Over 1 MiB it is not held but read by each stream.", valueName: "file"),
    completion: .file())
  var dataFile: String?

  @Option(
    name: [.customShort("T"), .customLong("content-type")], parsing: .unconditional,
    help: ArgumentHelp("The Content-Type header.", valueName: "type"))
  var contentType: String?

  @Option(
    name: [.customShort("A"), .customLong("accept")], parsing: .unconditional,
    help: ArgumentHelp("The Accept header.", valueName: "types"))
  var accept: String?

  @Option(
    name: [.customShort("u"), .customShort("a"), .customLong("user"), .customLong("basic-auth")],
    parsing: .unconditional,
    help: ArgumentHelp("Basic authentication, or the keys of --aws-sigv4.", valueName: "user:password"))
  var user: String?

  @Option(
    name: .customLong("aws-sigv4"), parsing: .unconditional,
    help: ArgumentHelp(
      "Sign for AWS, as in aws:amz:eu-central-1:lambda; keys from -u or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and"
        + " AWS_SESSION_TOKEN.", valueName: "aws:amz:region:service"))
  var signing: String?

  @Flag(name: .customLong("http1.1"), help: "HTTP/1.1, which is the default.")
  var http1 = false

  @Flag(
    name: .customLong("http2"),
    help: "HTTP/2 and nothing else: known beforehand on http://, negotiated on https://.")
  var http2 = false

  @Option(
    name: [.customShort("p"), .customLong("streams-per-connection")], parsing: .unconditional,
    help: ArgumentHelp("With --http2, streams of a connection at the same time (100).", valueName: "streams"))
  var streamsPerConnection: String?

  @Flag(name: .customLong("disable-keepalive"), help: "A new connection for each stream.")
  var disableKeepalive = false

  @Flag(
    name: [.customShort("L"), .customLong("location")],
    help: "Follow redirects, at most ten; user, password, Authorization and Cookie stay with the first host.")
  var followsRedirects = false
}
