/// One line of advice for what went wrong below or beside the status: what it means, and what to look at.
enum Advice {
  /// With what is to be known about how sure the verdict is.
  static func text(judgement: BodyJudgement) -> String {
    let text = text(verdict: judgement.verdict)
    return judgement.confirmed
      ? text : text + " (zlib could not confirm it, the bytes were gone; it judges this URL's next ones)"
  }

  static func text(verdict: Verdict) -> String {
    switch verdict {
    case .valid: "the body is whole: every CRC32 and length agrees"
    case .truncated:
      "the gzip stream has no end although HTTP looks fine: its sender died or gave up; see the origin's and the proxy's log"
    case .corruptCRC:
      "it inflates, but not to what was compressed: look for streams that were mixed, or bytes changed on the way"
    case .corruptLength:
      "the length in the trailer is wrong: look for two streams joined, a part left out, or a resumed download"
    case .corruptData:
      "it cannot be inflated: look for bytes lost or changed, or for gzip that was treated as text (UTF-8) on the way"
    case .notGzip:
      "Content-Encoding says gzip and the body is not: look for what replaced or inflated the body and kept the header"
    case .trailingData:
      "bytes follow the whole gzip stream (zero padding counts): look at what appends to it, see the last 16 bytes"
    case .decodedOnTheWay:
      "somebody inflated the body before it got here: look for automatic decoding in the proxy or the edge, or for Via"
        + " and nginx's gzip_proxied"
    case .base64Text:
      "the gzip arrived as base64 text: look for isBase64Encoded in the function, and the API's binary media types"
    case .preludeLeaked:
      "a Lambda streaming prelude came as body: look at the URL's invoke mode, and the content type the function posts"
    case .inBandError:
      "the function failed midway and its runtime wrote the error into the body: see the last bytes, and the function's log"
    case .empty: "the body has no byte"
    case .unchecked: "nothing to check in this body"
    }
  }

  /// What was seen of a stream that did not come whole.
  struct Seen {
    /// libcurl's own words; may be empty.
    var detail = ""
    /// The head's framing contradicts itself.
    var hasConflict = false
    /// 0 without a head.
    var status = 0
    var version = ""
    var bytes: Int64 = 0
    var isBandwidthCapped = false
  }

  static func text(transport: TransportOutcome, seen: Seen) -> String {
    let isHeadAlone = seen.status != 0 && seen.bytes == 0
    switch transport {
    case .protocolError where !seen.hasConflict && !seen.detail.isEmpty:
      return "the response is not valid HTTP: \(seen.detail)"
    case .tlsFailed where !seen.detail.isEmpty:
      return "no TLS: \(seen.detail); check that the port speaks it, the certificate and its name; -k skips their check"
    case .cut where seen.status == 0: return closedUnanswered
    case .cut where seen.version == "2": return cutHTTP2
    case .timeout where seen.isBandwidthCapped: return cappedTimeout
    case .timeout where isHeadAlone: return "\(text(transport: transport)); \(headAlone)"
    case .stalled where isHeadAlone: return "no byte came for --stall-timeout; \(headAlone)"
    default: return text(transport: transport)
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

  private static let closedUnanswered =
    "the peer hung up without an answer: it crashed, is shutting down, or wants TLS (https://); see its log"
  private static let cutHTTP2 =
    "the HTTP/2 stream ended before its message: try --http1.1 to tell a gateway's unclean close from a lost body"
  private static let headAlone =
    "the head came and no body: look for an empty streamed response that is never ended (Lambda), or a stuck upstream"
  private static let cappedTimeout =
    "--max-time passed at a steady 2 MB/s, Lambda's rate for streamed responses after 6 MB: raise --max-time, nothing broke"

  static func text(cause: FailureCause) -> String {
    switch cause {
    case .functionError:
      "Lambda answered before your code's head; look for an exception, a crash or an exit in the function's log"
    case .functionTimeout:
      "the function ran into its timeout before its head; look for what it waits for, then at its timeout setting"
    case .malformedResponse:
      "the answer has not the shape its reader wants; look at the status, headers and isBase64Encoded that are returned"
    case .responseTooLarge:
      "a buffered Lambda response ends at 6 MB, base64 included (4.7 MB of gzip); stream it instead"
    case .requestTooLarge:
      "the request's body is over a limit (6 MB to Lambda, 10 MB at API Gateway, 1 MB at an ALB); send less"
    case .preludeInvalid:
      "the streaming prelude cannot be used; look for arrays in headers, bad JSON, or more than 16 KB of it"
    case .preludeMissing: "the function ended its stream without a prelude; it must be sent for empty bodies too"
    case .throttled: "more calls at once than are allowed; lower -c, or raise the concurrency or the rate limit"
    case .forbidden:
      "not allowed; check the credentials or the signature, the URL's auth type and the function's policy"
    case .albInvalidResponse:
      "the ALB cannot use the function's answer: over 1 MB, headers for multiValueHeaders, an error; see its access log's"
        + " reason"
    case .gatewayTimeout: "something on the way gave up waiting for an answer; compare its timeout with the time taken"
    case .upstreamRefused: "nothing accepts connections at the upstream; check that it runs, its address and its port"
    case .upstreamDNS: "the proxy could not resolve the upstream's name; check the name, and the proxy's resolver"
    case .upstreamTimeout: "the upstream did not connect or answer in time; see whether it is overloaded or stuck"
    case .upstreamIncomplete: "the upstream hung up before its answer was whole; see its log for a crash"
    case .upstreamTLS: "the proxy and the upstream could not agree on TLS; check the certificate, its name and the port"
    case .lengthAndChunked:
      "the upstream sends Content-Length beside Transfer-Encoding; look for a proxy behind that re-frames and copies both"
    case .proxyPolicy: "the proxy's own rules forbid this; see --allow, and whether the request loops back"
    case .proxyOverloaded: "the proxy has no connection left or finds no upstream alive; raise its limits, or lower -c"
    case .unknown: "nothing in the answer says why; see the kept head and body, and the target's log"
    }
  }
}
