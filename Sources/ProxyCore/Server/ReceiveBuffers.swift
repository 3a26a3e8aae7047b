internal import NIOCore

/// The buffers that one event loop reads its sockets into: the same few again and again, so that they stay in the
/// processor's cache and cost no allocation.
///
/// NIO keeps a buffer for each channel; with many streams each read then goes to memory that was last touched a hundred
/// reads ago. Here a buffer belongs to whoever reads, until what was read has gone out, and then to the next one. A
/// stream that cannot pass its bytes on at once keeps the buffer, and the next read gets another.
final class ReceiveBuffers {
  /// Kept for later reads; more are in use only while bytes wait in them.
  private static let maximumKept = 4

  let capacity: Int
  private var kept: [ByteBuffer] = []
  private var last: ByteBuffer?

  init(capacity: Int) { self.capacity = capacity }

  /// A buffer that nobody else refers to.
  func next(_ allocator: ByteBufferAllocator) -> ByteBuffer {
    kept.popLast() ?? allocator.buffer(capacity: capacity)
  }

  /// This is what the read brought; `readIsOver` must follow once it was dealt with.
  func wasRead(_ buffer: ByteBuffer) { last = buffer }

  /// Takes the buffer back if nobody holds on to it.
  func readIsOver() {
    guard var buffer = last else { return }
    last = nil
    guard kept.count < Self.maximumKept, buffer.storageCapacity >= capacity else { return }
    if buffer.modifyIfUniquelyOwned({ $0.clear() }) != nil { kept.append(buffer) }
  }
}

/// The sizes of reads that one event loop makes.
final class LoopReads {
  /// What is copied: as much as a read may bring.
  let large: ReceiveBuffers
  /// A head of which is not known yet what follows it.
  let head = ReceiveBuffers(capacity: ProxyLimits.headRead)
  /// What goes through a pipe: NIO's reads only look whether there is more.
  let small = ReceiveBuffers(capacity: ProxyLimits.smallRead)

  init(large: Int) { self.large = ReceiveBuffers(capacity: large) }

  func readIsOver() {
    large.readIsOver()
    head.readIsOver()
    small.readIsOver()
  }
}

/// Gives one channel the buffers of its loop.
///
/// NIO holds on to the first buffer that it is given for as long as the channel lives; so that one is small and the
/// channel's own. Confined to its event loop.
final class LoopReceiveAllocator: RecvByteBufferAllocator, @unchecked Sendable {
  private let firstRead: Int
  private var isFirst = true
  /// Whose buffers the next read gets.
  var buffers: ReceiveBuffers

  init(_ buffers: ReceiveBuffers, firstRead: Int) {
    self.buffers = buffers
    self.firstRead = firstRead
  }

  func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
    guard isFirst else { return buffers.next(allocator) }
    isFirst = false
    return allocator.buffer(capacity: firstRead)
  }

  /// No size to tell means no pool of NIO's own.
  func nextBufferSize() -> Int? { nil }

  /// NIO uses its first buffer again unless it is told that the next one may be larger.
  func record(actualReadBytes: Int) -> Bool { true }
}
