internal import NIOCore

/// What a response head says, and how its body goes on to this client. Pure.
struct ResponseFacts: Sendable {
  var status: Int
  var framing: BodyFraming
  var conversion: BodyRelay.Conversion
  /// How the client learns the body's end; decides what an abort looks like to it.
  var clientFraming: BodyFraming
  /// The upstream's connection may be used again after a whole body.
  var upstreamPersists: Bool
  var options = HopByHop.Options()

  /// False where not one byte of a body is to come.
  var hasBody: Bool { framing != .none && framing != .length(0) }

  /// - Parameter framing: what the client is told of a body's end.
  static func read(
    _ head: MessageHead, toHead: Bool, framing delivery: ResponseDelivery.Framing
  ) throws(ProxyCause) -> ResponseFacts {
    guard case .response(let status, _) = head.start else { throw .malformedResponse }
    let framing: BodyFraming
    do {
      framing = try FramingRules.response(head, status: status, toHead: toHead)
    } catch {
      throw ProxyCause(responseFraming: error)
    }
    // Upgrade is never forwarded, so nobody asked to switch protocols.
    if status == 101 { throw .unexpectedUpgrade }
    let options = HopByHop.Options(head)
    var persists = HopByHop.isPersistent(head.version, options) && framing != .close
    // A transfer coding where there can be no body: whatever follows on that connection cannot be trusted.
    if status == 204, head.count(of: .transferEncoding) > 0 { persists = false }
    let (conversion, clientFraming) = convert(framing, for: delivery)
    return ResponseFacts(
      status: status, framing: framing, conversion: conversion, clientFraming: clientFraming,
      upstreamPersists: persists,
      options: options)
  }

  private static func convert(
    _ framing: BodyFraming, for delivery: ResponseDelivery.Framing
  ) -> (BodyRelay.Conversion, BodyFraming) {
    switch (framing, delivery) {
    case (.chunked, .http(.http10)): (.withoutChunks, .close)
    case (.close, .http(.http11)): (.intoChunks, .chunked)
    case (.chunked, .bare): (.withoutChunks, .chunked)
    case (.close, .bare): (.verbatim, .chunked)
    default: (.verbatim, framing)
    }
  }
}

/// The response head as the client gets it.
enum ResponseForwarding {
  struct Context: Sendable {
    var viaToken: String?
    var requestID: String
    var clientVersion: MessageHead.Version
    var acceptsTrailers: Bool
    var toHead: Bool
    /// The connection to the client ends with this response.
    var closes: Bool
    var telemetry: TelemetryFields?
    var serverTiming: ServerTiming?
  }

  static func head(_ head: MessageHead, _ facts: ResponseFacts, _ context: Context) -> ByteBuffer {
    var out = start(head)
    let isBodiless = facts.status == 204
    HeadWriter.fields(&out, head) { field, bytes in
      if field.kind.isHopByHop || field.kind == .requestID { return false }
      if field.kind == .contentLength, isBodiless { return false }
      if field.kind == .trailer, !context.acceptsTrailers || facts.clientFraming != .chunked { return false }
      if context.telemetry != nil, TelemetryFields.owns(field.kind) { return false }
      return !facts.options.names(Bytes.slice(bytes, field.name.range))
    }
    // For HEAD, what GET would have said (RFC 9110 §9.3.2); a 204 never has a coding (RFC 9112 §6.1).
    let wouldBeChunked =
      context.toHead && !isBodiless && context.clientVersion == .http11 && head.count(of: .transferEncoding) > 0
    if facts.clientFraming == .chunked || wouldBeChunked { out.writeStaticString("transfer-encoding: chunked\r\n") }
    writeOwnFields(&out, head, context)
    return out
  }

  /// 100 and 103 and their unknown kin: stripped like any other head, without a body (RFC 9110 §15.2). What the final head
  /// says anew is left to it.
  static func interim(_ head: MessageHead) -> ByteBuffer {
    var out = start(head)
    let options = HopByHop.Options(head)
    HeadWriter.fields(&out, head) { field, bytes in
      isInterimField(field.kind) && !options.names(Bytes.slice(bytes, field.name.range))
    }
    out.writeStaticString("\r\n")
    return out
  }

  private static func isInterimField(_ kind: FieldKind) -> Bool {
    if kind.isHopByHop || TelemetryFields.owns(kind) { return false }
    return kind != .contentLength && kind != .trailer && kind != .requestID
  }

  private static func start(_ head: MessageHead) -> ByteBuffer {
    var out = ByteBuffer()
    out.reserveCapacity(head.bytes.readableBytes + 256)
    guard case .response(let status, let reason) = head.start else { return out }
    if status == 200, head.isPlainOK {
      out.writeStaticString("HTTP/1.1 200 OK\r\n")
      return out
    }
    out.writeStaticString("HTTP/1.1 ")
    out.writeString(String(status))
    out.writeStaticString(" ")
    head.withBytes { bytes in _ = out.writeBytes(Bytes.slice(bytes, reason.range)) }
    out.writeStaticString("\r\n")
    return out
  }

  private static func writeOwnFields(_ out: inout ByteBuffer, _ head: MessageHead, _ context: Context) {
    if let token = context.viaToken {
      out.writeStaticString(head.version == .http10 ? "via: 1.0 " : "via: 1.1 ")
      out.writeString(token)
      out.writeStaticString("\r\n")
    }
    HeadWriter.field(&out, "x-request-id", context.requestID)
    context.telemetry?.write(&out)
    context.serverTiming?.write(&out)
    ConnectionField.write(&out, version: context.clientVersion, closes: context.closes)
    out.writeStaticString("\r\n")
  }
}

/// The `Connection` field of a response: only what differs from the version's default.
enum ConnectionField {
  static func write(_ out: inout ByteBuffer, version: MessageHead.Version, closes: Bool) {
    if closes {
      out.writeStaticString("connection: close\r\n")
    } else if version == .http10 {
      out.writeStaticString("connection: keep-alive\r\n")
    }
  }
}
