import NIOCore
import Testing

@testable import LambdaEmulator

@Suite struct TokenBucketTests {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
  private let step = 262_144

  @Test func theBurstGoesAtOnceThenSteps() {
    var bucket = TokenBucket(burst: 6 << 20, now: start)
    func take(_ count: Int, now: NIODeadline) -> Bool { bucket.take(count, now: now) }
    for _ in 0..<24 { #expect(take(step, now: start)) }
    #expect(!take(1, now: start))
    #expect(bucket.nextStep == start + .milliseconds(125))
    #expect(!take(1, now: start + .milliseconds(124)))
    #expect(take(step, now: start + .milliseconds(125)))
    #expect(!take(1, now: start + .milliseconds(249)))
    #expect(bucket.nextStep == start + .milliseconds(250))
  }

  @Test func itFillsNoFurtherThanTheBurst() {
    var bucket = TokenBucket(burst: 1 << 20, now: start)
    func take(_ count: Int, now: NIODeadline) -> Bool { bucket.take(count, now: now) }
    #expect(take(1 << 20, now: start))
    let later = start + .hours(24)
    #expect(take(1 << 20, now: later))
    #expect(!take(1, now: later))
  }

  @Test func whatIsRefusedIsNotTaken() {
    var bucket = TokenBucket(burst: 100, now: start)
    func take(_ count: Int, now: NIODeadline) -> Bool { bucket.take(count, now: now) }
    #expect(take(60, now: start))
    #expect(!take(60, now: start))
    #expect(take(40, now: start))
  }

  /// Never seen, since a read is smaller; it must not wait for ever.
  @Test func moreThanTheBucketHoldsGoesWhenItIsFull() {
    var bucket = TokenBucket(burst: 1 << 20, now: start)
    func take(_ count: Int, now: NIODeadline) -> Bool { bucket.take(count, now: now) }
    #expect(take(2 << 20, now: start))
    #expect(!take(2 << 20, now: start + .milliseconds(375)))
    #expect(take(2 << 20, now: start + .milliseconds(500)))
  }

  @Test func twoMebibytesASecond() {
    var bucket = TokenBucket(burst: 6 << 20, now: start)
    func take(_ count: Int, now: NIODeadline) -> Bool { bucket.take(count, now: now) }
    _ = bucket.take(6 << 20, now: start)
    var sent = 0
    for millisecond in 1...4000 {
      while bucket.take(4096, now: start + .milliseconds(Int64(millisecond))) { sent += 4096 }
    }
    #expect(sent == 8 << 20)
  }
}
