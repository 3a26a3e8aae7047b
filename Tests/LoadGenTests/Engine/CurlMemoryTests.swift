import CCurl
import Foundation
import Testing

/// The blocks that are kept for libcurl. Each test has a thread of its own, because the shelf is a thread's.
struct CurlMemoryTests {
  private static func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: body()) }.start()
    }
  }

  @Test func blocksComeBack() async {
    await Self.onThread {
      for size in [0, 1, 64, 65, 2048, 2049, 4096, 4353, 16_385, 65_537, 65_792] {
        let block = ccurl_memory_take(size)
        #expect(block.map { Int(bitPattern: $0) % 16 } == 0)
        if let block { memset(block, 0xAA, size) }
        let kept = ccurl_memory_kept()
        ccurl_memory_give(block)
        #expect(ccurl_memory_kept() >= kept + size)
        let again = ccurl_memory_take(size)
        #expect(again == block, "\(size)")
        ccurl_memory_give(again)
      }
    }
  }

  @Test func blocksOfTheSameKindAreDifferent() async {
    await Self.onThread {
      let blocks = (0..<100).map { _ in ccurl_memory_take(100) }
      #expect(Set(blocks).count == 100)
      blocks.forEach(ccurl_memory_give)
      let again = (0..<100).map { _ in ccurl_memory_take(100) }
      #expect(Set(again) == Set(blocks))
      again.forEach(ccurl_memory_give)
    }
  }

  @Test func keepsNoMoreThanItsLimit() async {
    await Self.onThread {
      let blocks = (0..<2000).map { _ in ccurl_memory_take(16_385) }
      blocks.forEach(ccurl_memory_give)
      #expect(ccurl_memory_kept() <= 4 << 20)
      #expect(ccurl_memory_kept() > 3 << 20)
      let large = ccurl_memory_take(1 << 20)
      let kept = ccurl_memory_kept()
      ccurl_memory_give(large)
      #expect(ccurl_memory_kept() == kept)
    }
  }

  @Test func growingKeepsTheBytes() async {
    await Self.onThread {
      var block = ccurl_memory_grow(nil, 10)
      block?.storeBytes(of: 0x0102_0304_0506_0708, as: UInt64.self)
      for size in [64, 100, 3000, 20_000, 1_000_000, 3_000_000, 5] {
        block = ccurl_memory_grow(block, size)
        #expect(block?.load(as: UInt64.self) == 0x0102_0304_0506_0708, "\(size)")
      }
      ccurl_memory_give(block)
    }
  }

  @Test func zeroedIsZeroAfterUse() async {
    await Self.onThread {
      let used = ccurl_memory_take(640)
      if let used { memset(used, 0xFF, 640) }
      ccurl_memory_give(used)
      let zeroed = ccurl_memory_take_zeroed(64, 10)
      #expect(zeroed == used)
      #expect(zeroed.map { UnsafeRawBufferPointer(start: $0, count: 640).allSatisfy { $0 == 0 } } == true)
      ccurl_memory_give(zeroed)
      #expect(ccurl_memory_take_zeroed(.max, 2) == nil)
      #expect(ccurl_memory_take(.max) == nil)
    }
  }

  /// What another thread took is this one's from then on.
  @Test func blocksMoveBetweenThreads() async {
    let address = await Self.onThread { ccurl_memory_take(500).map { UInt(bitPattern: $0) } ?? 0 }
    let kept = await Self.onThread {
      let before = ccurl_memory_kept()
      ccurl_memory_give(UnsafeMutableRawPointer(bitPattern: address))
      return ccurl_memory_kept() - before
    }
    #expect(kept == 512)
  }

  #if os(Linux)
    /// Two hundred threads that keep 3 MiB each leave no more behind than what the tests beside this one may take.
    @Test func nothingIsLeftOfAThreadThatEnded() async throws {
      func resident() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(fields[1])) * 4096
      }
      let before = try resident()
      for _ in 0..<200 {
        await Self.onThread {
          let blocks = (0..<180).map { _ in ccurl_memory_take(16_385) }
          for case let block? in blocks { memset(block, 1, 16_385) }
          blocks.forEach(ccurl_memory_give)
          #expect(ccurl_memory_kept() > 2 << 20)
        }
      }
      #expect(try resident() - before < 300 << 20)
    }
  #endif
}
