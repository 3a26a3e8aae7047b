import TestSupport
import Testing

/// The proxy's figures (Scripts/figures-proxy.sh prints them at full size), and in a test run their order of magnitude: a
/// few of each, twenty times the bound. One at a time: they measure the same machine.
@Suite("Proxy figures", .serialized) struct ProxyFigureTests {
  let scale = FigureScale()

  @Test("stalled streams cost little, and others are served") func stalledStreams() async throws {
    try await publish(StalledStreams.measure)
  }

  @Test("idle keep-alive clients cost next to nothing") func idleClients() async throws {
    try await publish(IdleClients.measure)
  }

  @Test("S5: an origin that writes 4 MiB and closes costs no more than a stalled stream")
  func hardClose() async throws {
    try await publish(HardClose.measure)
  }

  @Test("S7: a client that leaves cancels the upstream in every phase") func clientAborts() async throws {
    try await publish(ClientAborts.measure)
  }

  @Test("S1: the first body byte is passed on at once") func firstByte() async throws {
    try await publish(FirstByte.measure)
  }

  private func publish(_ measure: @escaping @Sendable (FigureScale) throws -> [Figure]) async throws {
    let scale = scale
    scale.publish(try await RawClient.run { try measure(scale) })
  }
}
