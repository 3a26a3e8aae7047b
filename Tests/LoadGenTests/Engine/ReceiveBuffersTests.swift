import Testing

@testable import LoadGen

@Suite struct ReceiveBuffersTests {
  private static let most = 128 * 1024

  @Test(arguments: [
    (0, 16_384), (1024, 16_384), (12_288, 16_384), (12_289, 32_768), (28_672, 32_768), (60_000, 65_536),
    (1_000_000, most), (Int.max, most),
  ])
  func aBodyAndItsHeadHaveRoom(bytes: Int, size: Int) {
    var buffers = ReceiveBuffers(targets: 2, most: Self.most)
    #expect(buffers.size(target: 0) == Self.most)
    buffers.note(target: 0, bytes: Int64(bytes))
    #expect(buffers.size(target: 0) == size)
    #expect(buffers.size(target: 1) == Self.most)
  }

  @Test func theLastBodyCounts() {
    var buffers = ReceiveBuffers(targets: 1, most: Self.most)
    for (bytes, size): (Int64, Int) in [(10, 16_384), (1 << 30, Self.most), (20_000, 32_768)] {
      buffers.note(target: 0, bytes: bytes)
      #expect(buffers.size(target: 0) == size)
    }
  }

  @Test func targetsThatAreNoneAndSizesBelowTheLeast() {
    var buffers = ReceiveBuffers(targets: 0, most: 1)
    buffers.note(target: 0, bytes: 1)
    buffers.note(target: -1, bytes: 1)
    #expect(buffers.size(target: 0) == ReceiveBuffers.least && buffers.size(target: -1) == ReceiveBuffers.least)
  }
}
