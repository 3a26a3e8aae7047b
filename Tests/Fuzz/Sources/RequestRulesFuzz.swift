internal import NIOCore

/// A request from its bytes to the head that goes upstream: whatever came, what leaves is one unambiguous request to the
/// configured upstream, with the framing that was acted on.
enum RequestRulesFuzz {
  private static let ownNames: Set<String> = [
    "host", "via", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port",
    "x-request-id", "te", "connection", "transfer-encoding", "cdn-loop", "max-forwards",
  ]

  private static let upstreams = ["http://up.example:9000", "https://[::1]:8443/a/prefix"]
    .compactMap { try? UpstreamTarget(url: $0) }

  static func run(_ input: [UInt8]) {
    guard let head = ParsedHead.of(.request, [input]).head else { return }
    guard let facts = try? RequestRules.read(head, makeID: { "made" }) else { return }
    for (index, upstream) in upstreams.enumerated() {
      let context = RequestForwarding.Context(
        upstream: upstream, hostPolicy: .rewrite, hopToken: "gzproxy-1", writesVia: index == 0,
        clientAddress: index == 0 ? "192.0.2.1" : "2001:db8::1", trustsPeer: false, localPort: 8080)
      guard let out = try? RequestForwarding.head(head, facts, context) else { continue }
      check(out, PlainHead(head), facts, upstream)
    }
  }

  private static func check(_ bytes: ByteBuffer, _ input: PlainHead, _ facts: RequestFacts, _ upstream: UpstreamTarget)
  {
    guard let (out, head) = OutputRules.read(.request, bytes) else { return }
    OutputRules.check(out, madeFrom: input, ownNames: ownNames, connection: ["te"])
    OutputRules.checkEndToEnd(
      out, madeFrom: input, ownNames: ownNames, mayBeDropped: ["expect", "trailer", "traceparent", "tracestate"])
    require(out.version == .http11 && out.first == input.first, "start line of \(out)")
    require(out.values("host").map(\.text) == [upstream.authority], "Host \(out.values("host"))")
    require(out.values("te").allSatisfy { $0.text == "trailers" }, "TE \(out.values("te"))")
    require(out.values("x-request-id").map(\.text) == [facts.requestID], "x-request-id")
    for name in ["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-port"] {
      require(out.values(name).count == 1, "\(out.values(name).count) of \(name)")
    }
    checkTarget(out, input, upstream)
    guard let again = try? RequestRules.read(head, makeID: { "again" }) else {
      return require(false, "our own rules refuse the output: \(out)")
    }
    require(again.framing == facts.framing && again.method == facts.method, "\(facts) became \(again)")
    require(again.expectsContinue == facts.expectsContinue, "Expect changed")
    require(again.acceptsTrailers == facts.acceptsTrailers, "TE changed")
    require(again.isPersistent, "asks the upstream to close")
  }

  /// Nothing in a target reaches beyond the path.
  private static func checkTarget(_ out: PlainHead, _ input: PlainHead, _ upstream: UpstreamTarget) {
    let target = String(decoding: out.second, as: UTF8.self)
    if target == "*" { return require(String(decoding: out.first, as: UTF8.self) == "OPTIONS", "* for \(out.first)") }
    require(target.hasPrefix(upstream.pathPrefix + "/"), "target \(target)")
    let path = target.dropFirst(upstream.pathPrefix.count)
    if input.second.first == 47 { require(Array(path.utf8) == input.second, "the path was changed: \(target)") }
  }
}
