import CCurl
import Testing

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct OutcomeMapperTests {
  private func outcome(_ code: CURLcode, _ change: (inout OutcomeMapper.End) -> Void = { _ in }) -> TransportOutcome {
    var end = OutcomeMapper.End(code: code)
    change(&end)
    return OutcomeMapper.outcome(end)
  }

  @Test func aWholeMessage() {
    #expect(outcome(CURLE_OK) == .complete)
    #expect(outcome(CURLE_OK) { $0.hasHead = false } == .cut)
    #expect(outcome(CURLE_OK) { $0.hasConflictingFraming = true } == .protocolError)
  }

  @Test func aMessageThatStops() {
    #expect(outcome(CURLE_PARTIAL_FILE) == .cut)
    #expect(outcome(CURLE_GOT_NOTHING) { $0.hasHead = false } == .cut)
    #expect(outcome(CURLE_PARTIAL_FILE) { $0.hasConflictingFraming = true } == .protocolError)
  }

  @Test(arguments: [CURLE_RECV_ERROR, CURLE_SEND_ERROR], [ECONNRESET, EPIPE, ETIMEDOUT])
  func aBrokenConnection(_ code: CURLcode, _ error: Int32) {
    #expect(outcome(code) { $0.osError = error } == .reset)
  }

  @Test func receiveErrorsThatAreNoReset() {
    #expect(outcome(CURLE_RECV_ERROR) { $0.osError = EIO } == .cut)
    #expect(outcome(CURLE_RECV_ERROR) == .protocolError)
    #expect(outcome(CURLE_SEND_ERROR) == .cut)
    #expect(outcome(CURLE_WRITE_ERROR) == .protocolError)
    #expect(outcome(CURLE_RECV_ERROR) { $0.isTLS = true } == .cut)
    #expect(
      outcome(CURLE_RECV_ERROR) {
        $0.isTLS = true
        $0.phase = .securing
      } == .tlsFailed)
    // A stale errno from an earlier stream of the handle does not hide a malformed chunk.
    #expect(
      outcome(CURLE_RECV_ERROR) {
        $0.osError = ECONNRESET
        $0.hasChunkError = true
      } == .protocolError)
  }

  @Test func timeoutsByPhase() {
    let expected: [(OutcomeMapper.Phase, TransportOutcome)] = [
      (.resolving, .dnsFailed), (.connecting, .connectFailed), (.securing, .tlsFailed), (.connected, .timeout),
    ]
    for (phase, wanted) in expected { #expect(outcome(CURLE_OPERATION_TIMEDOUT) { $0.phase = phase } == wanted) }
  }

  @Test func beforeAResponse() {
    #expect(outcome(CURLE_COULDNT_RESOLVE_HOST) == .dnsFailed)
    #expect(outcome(CURLE_COULDNT_CONNECT) == .connectFailed)
    for code in [CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE] {
      #expect(outcome(code) == .tlsFailed)
    }
  }

  @Test func streamsOfHTTP2() {
    let expected: [(String, OutcomeMapper.StreamEnd, TransportOutcome)] = [
      ("HTTP/2 stream 1 was not closed cleanly: CANCEL (err 8)", .reset, .reset),
      ("HTTP/2 stream 5 was not closed cleanly: INTERNAL_ERROR (err 2)", .reset, .reset),
      ("HTTP/2 stream 5 reset by server (error 0x7 REFUSED_STREAM)", .reset, .reset),
      ("HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1)", .violation, .protocolError),
      ("HTTP/2 stream 1 was not closed cleanly before end of the underlying stream", .cut, .cut),
      (
        "HTTP/2 stream 3 was closed cleanly, but before getting  all response header fields, treated as error", .cut,
        .cut
      ),
    ]
    for (text, end, wanted) in expected {
      #expect(OutcomeMapper.streamEnd(text) == end)
      #expect(outcome(CURLE_HTTP2_STREAM) { $0.streamEnd = end } == wanted)
    }
  }

  @Test func whatTheTesterEndedItself() {
    #expect(outcome(CURLE_ABORTED_BY_CALLBACK) == .cut)
    #expect(outcome(CURLE_TOO_MANY_REDIRECTS) == .protocolError)
    #expect(
      outcome(CURLE_RECV_ERROR) {
        $0.isRefusedTunnel = true
        $0.isTLS = true
        $0.phase = .securing
      } == .connectFailed)
  }

  @Test func messagesThatLibcurlRefuses() {
    for code in [CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_OUT_OF_MEMORY, CURLE_HTTP2] {
      #expect(outcome(code) == .protocolError)
      #expect(outcome(code) { $0.phase = .connecting } == .connectFailed)
    }
  }
}
