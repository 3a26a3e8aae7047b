internal import NIOCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One socket as a half of a pair sees it: bounded writing, pausable reading, and the three ways to end.
///
/// Confined to its event loop. Any flush may fail and end the channel before it returns; callers look at their state again
/// after each.
final class ChannelPort {
  private(set) var context: ChannelHandlerContext?
  private(set) var outbox = Outbox()
  private(set) var isPaused = false
  /// Somebody was told to wait.
  private var isBlocked = false
  /// Something was sent since the last flush.
  private var hasUnflushed = false
  private var isArmed = false
  private var knownDescriptor: CInt?
  /// Called when a port that could take no more has nothing left.
  var onWritable: () -> Void = {}

  /// Every channel that a port stands for must have this mark. It is writable then as long as nothing waits, and says so when
  /// all was taken: an exact signal that costs no promise. Behind it lies the socket's own buffer, so the peer never starves.
  static let emptyMark = ChannelOptions.Types.WriteBufferWaterMark(low: 1, high: 1)

  func open(_ context: ChannelHandlerContext) { self.context = context }
  func closed() {
    context = nil
    knownDescriptor = nil
  }

  var isOpen: Bool { context != nil }

  /// Bytes given to the channel that the kernel has not taken.
  var bufferedBytes: Int {
    guard let context else { return 0 }
    return (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// Bytes that the peer's system has acknowledged, where this one tells; else those that this system has taken. A socket
  /// that is writable again only when much of its buffer is free looks stuck although its peer reads. One system call:
  /// for the tick, not for each write.
  var delivered: Int64 { outbox.written - Int64(kernelBacklog) }

  private var kernelBacklog: Int {
    guard let descriptor else { return 0 }
    do {
      var waiting: CInt = 0
      #if canImport(Glibc)
        return ioctl(descriptor, UInt(TIOCOUTQ), &waiting) == 0 ? Int(waiting) : 0
      #else
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_NWRITE, &waiting, &size) == 0 ? Int(waiting) : 0
      #endif
    }
  }

  /// The socket's descriptor, for one call: it is the channel's, which closes it. Nil without one.
  ///
  /// Asked for once, as finding it costs more than most of what is done with it. A channel that has closed its descriptor
  /// is inactive before anybody is told, so one that is active still has it.
  var descriptor: CInt? {
    guard let context, context.channel.isActive else { return nil }
    if let knownDescriptor { return knownDescriptor }
    let found = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
    knownDescriptor = found ?? nil
    return knownDescriptor
  }

  /// Nothing is on its way through user space.
  var isClear: Bool { !hasUnflushed && context?.channel.isWritable == true }

  /// Bytes that were given to the socket past this port, while nothing waited here.
  func spliced(_ count: Int) { outbox.spliced(count) }

  func send(_ buffer: ByteBuffer) {
    guard let context, buffer.readableBytes > 0 else { return }
    hasUnflushed = true
    context.write(NIOAny(outbox.admit(buffer)), promise: nil)
  }

  func flush() {
    guard let context, hasUnflushed else { return }
    hasUnflushed = false
    context.flush()
    refresh()
  }

  /// Learns how much is still waiting.
  func refresh() {
    guard let context else { return }
    // Asking the channel for a number is dear; that nothing waits is one flag.
    outbox.flushed(buffered: context.channel.isWritable ? 0 : bufferedBytes)
  }

  /// Whether reading on at the other side is allowed: nothing waits here. When it is not, `onWritable` will come.
  func canTakeMore() -> Bool {
    guard let context, !context.channel.isWritable else { return true }
    isBlocked = true
    return false
  }

  /// Makes `onWritable` come once all that waits now was taken.
  func awaitDrain() { isBlocked = true }

  func writabilityChanged() {
    guard isBlocked, let context, context.channel.isWritable else { return }
    isBlocked = false
    refresh()
    onWritable()
  }

  /// Auto-read stays on while all flows, as switching it costs a system call each way.
  func pauseReads() {
    guard !isPaused, let context else { return }
    isPaused = true
    try? context.channel.syncOptions?.setOption(.autoRead, value: false)
  }

  func resumeReads() {
    guard isPaused, let context else { return }
    isPaused = false
    try? context.channel.syncOptions?.setOption(.autoRead, value: true)
  }

  /// Drops what is unsent. A FIN after part of it would make the peer take that part for the whole, so then it is a reset.
  func close() {
    refresh()
    if outbox.backlog > 0 { reset() } else { context?.close(promise: nil) }
  }

  /// From now on every end but `closeOutput` is a reset: also the one that the system makes for a process that dies. For a
  /// body that ends with its connection, where a FIN at any other moment would make a part look like the whole.
  func armReset() {
    isArmed = true
    setLinger(1)
  }

  /// What was written is whole: once all of it is the kernel's, a plain end is right.
  private func disarmWhenSent(_ context: ChannelHandlerContext) {
    let promise = context.eventLoop.makePromise(of: Void.self)
    let port = NIOLoopBound(self, eventLoop: context.eventLoop)
    promise.futureResult.whenSuccess { port.value.setLinger(0) }
    context.write(NIOAny(ByteBuffer()), promise: promise)
  }

  /// FIN after everything written so far.
  func closeOutput() {
    guard let context else { return }
    if isArmed { disarmWhenSent(context) }
    context.flush()
    guard self.context != nil else { return }
    context.close(mode: .output, promise: nil)
  }

  /// RST: the peer must see an error.
  func reset() {
    guard let context else { return }
    setLinger(1)
    context.close(promise: nil)
  }

  private func setLinger(_ isOn: CInt) {
    guard let socket = context?.channel as? any SocketOptionProvider else { return }
    _ = socket.setSoLinger(linger(l_onoff: isOn, l_linger: 0))
  }
}
