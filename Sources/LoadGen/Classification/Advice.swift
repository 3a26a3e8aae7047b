/// One line of advice for what went wrong below or beside the status: what it means, and what to look at.
enum Advice {
  /// With what is to be known about how sure the verdict is.
  static func text(judgement: BodyJudgement) -> String {
    let text = text(verdict: judgement.verdict)
    return judgement.confirmed
      ? text : text + " (ISA-L's word alone: the bytes were gone; zlib judges this URL from here on)"
  }

  static func text(verdict: Verdict) -> String {
    switch verdict {
    case .valid: "the body is whole: every CRC32 and length agrees"
    case .truncated:
      "the gzip stream has no end: its sender died or gave up while HTTP looked fine; see the origin's and the proxy's log"
    case .corruptCRC:
      "the data inflates but is not what was compressed: bytes changed on the way, or streams were mixed"
    case .corruptLength: "the length in the trailer is wrong: two streams were joined, or bytes are missing in between"
    case .corruptData:
      "the compressed data cannot be decoded: bytes changed, were lost or were re-encoded as text on the way"
    case .notGzip: "Content-Encoding says gzip and the body is not: the header was kept while the body was replaced"
    case .trailingData: "bytes follow the whole gzip stream (zero padding counts): something was appended on the way"
    case .decodedOnTheWay:
      "somebody inflated the body before it got here: look for automatic decoding in the proxy or the edge, or for Via"
        + " and nginx's gzip_proxied"
    case .base64Text:
      "the gzip arrived as base64 text: isBase64Encoded is missing, or the API lists no binary media type"
    case .preludeLeaked:
      "a Lambda streaming prelude came as body: the URL's invoke mode, or the response's content type, is not streaming"
    case .inBandError:
      "a Lambda error was written into the body after the stream had begun: the function failed midway; see its log"
    case .empty: "the body has no byte"
    case .unchecked: "nothing to check in this body"
    }
  }

  /// - Parameters:
  ///   - detail: libcurl's own words; may be empty.
  ///   - conflict: the head's framing contradicts itself.
  static func text(transport: TransportOutcome, detail: String, conflict: Bool) -> String {
    switch transport {
    case .protocolError where !conflict && !detail.isEmpty: "the response is not valid HTTP: \(detail)"
    case .tlsFailed where !detail.isEmpty:
      "no TLS: \(detail); check that the port speaks it, the certificate and its name; -k skips their check"
    default: text(transport: transport)
    }
  }

  static func text(transport: TransportOutcome) -> String {
    switch transport {
    case .complete: "the message arrived whole"
    case .cut: "the connection ended before the message did: the sender, or a proxy in between, died or hung up midway"
    case .reset: "the connection was reset: the peer aborted or crashed, or wants TLS (https://); see its log"
    case .connectFailed: "no connection: nothing listens there, its backlog is full, or a firewall says no"
    case .dnsFailed: "the name could not be resolved: check it, and the resolver"
    case .tlsFailed: "no TLS: check that the port speaks it, the certificate and its name; -k skips their check"
    case .timeout: "the stream took longer than --max-time"
    case .stalled: "no byte came for --stall-timeout: the sender hangs, or a buffer on the way is full"
    case .protocolError:
      "the response is not valid HTTP: look for Content-Length beside Transfer-Encoding, the classic proxy mistake"
    case .cutByDeadline: "ended by the tester when the grace period was over: not the target's failure"
    }
  }

  static func text(cause: FailureCause) -> String {
    switch cause {
    case .functionError: "the function failed or its process ended before it answered: see its log"
    case .functionTimeout: "the function ran into its timeout before it answered: raise it, or find what it waits for"
    case .malformedResponse: "the function's response has not the shape its front end wants: status, headers or base64"
    case .responseTooLarge: "a buffered Lambda response ends at 6 MB, base64 included (4.7 MB of gzip): stream it"
    case .preludeInvalid: "the streaming prelude is no valid JSON, too long, or has arrays in headers"
    case .preludeMissing: "the function ended its stream without a prelude: it must be sent for empty bodies too"
    case .throttled: "more invocations than the concurrency allows: lower -c, or raise the limit"
    case .forbidden: "not allowed: check credentials or signature, the URL's auth type and the function's policy"
    case .albInvalidResponse:
      "the ALB cannot use the function's answer: over 1 MB, headers against multiValueHeaders, or an error; see its access"
        + " log's reason"
    case .gatewayTimeout: "something on the way gave up waiting for an answer: compare its timeout with the time taken"
    case .upstreamRefused: "nothing accepts connections at the upstream: check that it runs, its address and port"
    case .upstreamDNS: "the proxy could not resolve the upstream's name: check the name, and the proxy's resolver"
    case .upstreamTimeout: "the upstream did not connect or answer in time: see whether it is overloaded"
    case .upstreamIncomplete: "the upstream hung up before its answer was whole: see its log for a crash"
    case .upstreamTLS: "the proxy and the upstream could not agree on TLS: check the certificate and its name"
    case .lengthAndChunked:
      "the upstream sends Content-Length beside Transfer-Encoding: a proxy behind copies the length of a re-framed body"
    case .proxyPolicy: "the proxy's own rules forbid this target: see --allow, and whether the request loops back"
    case .proxyOverloaded: "the proxy has no connection left or finds no upstream alive: raise its limits, or lower -c"
    case .unknown: "nothing in the answer says why: see the kept head and body, and the target's log"
    }
  }

  // What one front end means by an answer that stands for several things.
  static let gatewayLimit = "the gateway waited its 29 or 30 s and gave up: stream the response, or raise the limit"
  static let payloadTooLarge =
    "over a payload limit: 6 MB for a buffered Lambda response or any request, 10 MB at the gateway, 1 MB at an ALB"
  static let loadBalancer503 = "the ALB found no function free (throttling) or no healthy target"
  static let httpAPI = "the function failed, or answered what the HTTP API cannot read, or over 6 MB: see its log"
  static let restAPI500 =
    "the REST API could not use the streaming prelude, or may not invoke the function: see its execution log"
  static let restAPI502 =
    "the function failed, timed out, answered in a wrong shape or over 6 MB, or sent no prelude: see the execution log"
  static let cloudFront504 = "CloudFront waited for the origin and gave up: see its origin response timeout"
  static let cloudFront502 = "CloudFront could not use the origin's answer: try without Accept-Encoding forwarded to it"
  static let cargoLambda = "cargo-lambda could not read the function's response: prelude, cookies or framing"

  static func functionURL(seconds: Double) -> String {
    let text = "the function failed before its headers: an error, a crash, a wrong shape or over 6 MB; see its log"
    // Not a number is not at least 3 either.
    guard seconds >= 3, seconds < 1e6 else { return text }
    return text + ", and compare its timeout with the \(Int64(seconds)) s taken"
  }
}
