internal import CCurl

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// From libcurl's result and what was seen of the stream to the transport outcome. Pure.
///
/// libcurl's code alone does not say it: a malformed chunk, a reset and a TLS session that ended without its goodbye
/// are all CURLE_RECV_ERROR, a head cut in its middle is CURLE_OK, and Content-Length beside Transfer-Encoding is no
/// error to libcurl at all.
enum OutcomeMapper {
  /// How far the connection had come.
  enum Phase: Sendable, CaseIterable {
    case resolving
    case connecting
    case securing
    case connected
  }

  struct End: Sendable {
    var code: CURLcode
    /// CURLINFO_OS_ERRNO; only looked at for send and receive errors, where libcurl has just set it.
    var osError: Int32 = 0
    var phase: Phase = .connected
    var isTLS = false
    /// The final head was complete.
    var hasHead = true
    /// The head's framing cannot be relied on; see `HeadCollector.hasConflictingFraming` (RFC 9112 §6.3).
    var hasConflictingFraming = false
    /// libcurl complained of the chunked coding.
    var hasChunkError = false
    /// A proxy answered CONNECT with anything but success.
    var isRefusedTunnel = false
    /// Of a stream that CURLE_HTTP2_STREAM ended.
    var streamEnd = StreamEnd.reset
  }

  /// How an HTTP/2 stream ended before its message did.
  enum StreamEnd: Sendable {
    /// RST_STREAM, or GOAWAY before it was served.
    case reset
    /// The connection, or the stream without a head.
    case cut
    /// One end saw the other break the rules (RFC 9113 §7).
    case violation
  }

  /// libcurl's words are all there is: the error's name, which is HTTP/2's own, or that there was none.
  static func streamEnd(_ text: String) -> StreamEnd {
    let violations = ["PROTOCOL_ERROR", "FLOW_CONTROL_ERROR", "FRAME_SIZE_ERROR", "COMPRESSION_ERROR", "STREAM_CLOSED"]
    if violations.contains(where: text.contains) { return .violation }
    return text.contains("end of the underlying") || text.contains("closed cleanly, but") ? .cut : .reset
  }

  static func outcome(_ end: End) -> TransportOutcome {
    if end.hasConflictingFraming { return .protocolError }
    switch end.code {
    case CURLE_OK:
      // Without an error and without a head the connection ended inside the head.
      return end.hasHead ? .complete : .cut
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING:
      return .cut
    case CURLE_HTTP2_STREAM:
      switch end.streamEnd {
      case .reset: return .reset
      case .cut: return .cut
      case .violation: return .protocolError
      }
    // Our own end of it: a body's file that cannot be read any more.
    case CURLE_ABORTED_BY_CALLBACK, CURLE_READ_ERROR:
      return .cut
    case CURLE_RECV_ERROR where end.isRefusedTunnel:
      return .connectFailed
    case CURLE_TOO_MANY_REDIRECTS:
      return .protocolError
    // Of a redirect that came whole, to where nobody goes.
    case CURLE_URL_MALFORMAT where end.hasHead:
      return .protocolError
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      return brokenConnection(end)
    case CURLE_OPERATION_TIMEDOUT:
      return timedOut(end.phase)
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      return .dnsFailed
    case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_URL_MALFORMAT:
      return .connectFailed
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
      return .tlsFailed
    default:
      // Everything else is a message that libcurl refused: HTTP/0.9, a weird status line, a head beyond its limits.
      return end.phase == .connected ? .protocolError : .connectFailed
    }
  }

  private static func brokenConnection(_ end: End) -> TransportOutcome {
    if end.hasChunkError { return .protocolError }
    switch end.osError {
    case ECONNRESET, EPIPE, ECONNABORTED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH: return .reset
    case 0:
      // A plain socket's errors carry an errno, so this is the message. TLS without a close_notify has none either.
      // Sending has no message to refuse: the connection was gone.
      if end.isTLS { return end.phase == .connected ? .cut : .tlsFailed }
      return end.code == CURLE_SEND_ERROR ? .cut : .protocolError
    default: return .cut
    }
  }

  private static func timedOut(_ phase: Phase) -> TransportOutcome {
    switch phase {
    case .resolving: .dnsFailed
    case .connecting: .connectFailed
    case .securing: .tlsFailed
    case .connected: .timeout
    }
  }
}
