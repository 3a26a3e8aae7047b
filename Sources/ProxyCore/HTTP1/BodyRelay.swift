internal import NIOCore

/// Moves one body from one side to the other and knows when it is whole.
///
/// The bytes are never decoded: a body with a length is counted, a chunked one is passed on verbatim while a tracker
/// follows its framing. Only where the two sides cannot share a framing are bytes added or left out: a body that ends with
/// its connection is sent as chunks, and a chunked one without them to HTTP/1.0.
///
/// Until `receive` or `finish` says `complete` the body is incomplete, whatever happened (proxy rule: incomplete until
/// proven whole). The last chunk is held back with its trailers until their section is whole, since a receiver might take
/// `0` alone for the end; trailers are bounded by the head limits.
struct BodyRelay: Sendable {
  enum Conversion: Equatable, Sendable {
    case verbatim
    /// Chunked in, bare data out.
    case withoutChunks
    /// Bare data in, chunks out.
    case intoChunks
  }

  enum Progress: Equatable, Sendable { case more, complete, fault }

  let framing: BodyFraming
  let conversion: Conversion
  /// Whether trailers are passed on; otherwise they are read, checked and dropped.
  let keepsTrailers: Bool
  /// What the message's head says of its connection.
  private let options: HopByHop.Options
  fileprivate(set) var isComplete: Bool
  /// Body bytes as the receiver counts them: data without framing.
  fileprivate(set) var dataBytes: Int64 = 0

  fileprivate var remaining: Int64
  private var tracker = ChunkTracker()
  private var trailers: HeadParser
  private var trailerBytes = ByteBuffer()
  /// A size line that may turn out to be the last chunk's.
  private var sizeLine = ByteBuffer()

  init(
    _ framing: BodyFraming, conversion: Conversion = .verbatim, keepsTrailers: Bool = false,
    options: HopByHop.Options = .init(), limits: HeadLimits = .init()
  ) {
    self.framing = framing
    self.conversion = conversion
    self.keepsTrailers = keepsTrailers
    self.options = options
    trailers = HeadParser(.trailers, limits: limits)
    remaining = 0
    isComplete = framing == .none
    if case .length(let length) = framing {
      remaining = length
      isComplete = length == 0
    }
  }

  /// Takes what belongs to the body off the front of `buffer` and emits what the other side gets. Once complete it takes
  /// nothing more: bytes left in `buffer` are not part of this message.
  mutating func receive(_ buffer: inout ByteBuffer, emit: (ByteBuffer) -> Void) -> Progress {
    guard !isComplete else { return .complete }
    guard buffer.readableBytes > 0 else { return .more }
    switch framing {
    case .none: return .complete
    case .length: return receiveCounted(&buffer, emit)
    case .close:
      receiveUntilClose(&buffer, emit)
      return .more
    case .chunked: return conversion == .withoutChunks ? receiveData(&buffer, emit) : receiveVerbatim(&buffer, emit)
    }
  }

  /// The sender's clean end of its connection. Anything but `complete` means the body was cut.
  mutating func finish(emit: (ByteBuffer) -> Void) -> Progress {
    if isComplete { return .complete }
    guard framing == .close else { return .fault }
    isComplete = true
    if conversion == .intoChunks { emit(ByteBuffer(staticString: "0\r\n\r\n")) }
    return .complete
  }

  private mutating func receiveCounted(_ buffer: inout ByteBuffer, _ emit: (ByteBuffer) -> Void) -> Progress {
    let count = Int(clamping: min(remaining, Int64(buffer.readableBytes)))
    guard let piece = Self.take(count, from: &buffer) else { return .fault }
    remaining -= Int64(count)
    dataBytes += Int64(count)
    isComplete = remaining == 0
    emit(piece)
    return isComplete ? .complete : .more
  }

  private mutating func receiveUntilClose(_ buffer: inout ByteBuffer, _ emit: (ByteBuffer) -> Void) {
    let count = buffer.readableBytes
    dataBytes += Int64(count)
    if conversion == .intoChunks { emit(ByteBuffer(string: "\(String(count, radix: 16))\r\n")) }
    if let piece = Self.take(count, from: &buffer) { emit(piece) }
    // Not left to the next chunk: a client that reads whole chunks would always be one behind.
    if conversion == .intoChunks { emit(Self.chunkEnd) }
  }

  private mutating func receiveVerbatim(_ buffer: inout ByteBuffer, _ emit: (ByteBuffer) -> Void) -> Progress {
    if tracker.isAtTrailers { return receiveTrailers(&buffer, emit) }
    let (consumed, fault) = buffer.withUnsafeReadableBytes { track($0) }
    let isSameLine = fault ? consumed == 0 : tracker.lineBytes == sizeLine.readableBytes + consumed
    if sizeLine.readableBytes > 0, !isSameLine {
      emit(sizeLine)
      sizeLine = ByteBuffer()
    }
    let unfinished = fault ? 0 : min(tracker.lineBytes, consumed)
    // What came before the fault is passed on: the client gets what arrived, and no end.
    if let piece = Self.take(consumed - unfinished, from: &buffer) { emit(piece) }
    if fault { return .fault }
    if let line = buffer.readSlice(length: unfinished) { sizeLine.writeImmutableBuffer(line) }
    return tracker.isAtTrailers ? receiveTrailers(&buffer, emit) : .more
  }

  private mutating func track(_ bytes: UnsafeRawBufferPointer) -> (consumed: Int, fault: Bool) {
    var index = 0
    while index < bytes.count {
      switch tracker.step(UnsafeRawBufferPointer(rebasing: bytes[index...])) {
      case .framing(let count): index += count
      case .data(let count):
        dataBytes += Int64(count)
        index += count
      case .lastChunk(let count): return (index + count, false)
      case .fault: return (index, true)
      }
    }
    return (index, false)
  }

  private mutating func receiveData(_ buffer: inout ByteBuffer, _ emit: (ByteBuffer) -> Void) -> Progress {
    // Chunks of a byte each would become as many pieces, each with its own place in the queue of what waits to be written.
    var gathered = ByteBuffer()
    func emitGathered() {
      if gathered.readableBytes > 0 { emit(gathered) }
      gathered = ByteBuffer()
    }
    while buffer.readableBytes > 0, !tracker.isAtTrailers {
      switch buffer.withUnsafeReadableBytes({ tracker.step($0) }) {
      case .framing(let count), .lastChunk(let count): buffer.moveReaderIndex(forwardBy: count)
      case .data(let count):
        dataBytes += Int64(count)
        guard let piece = buffer.readSlice(length: count) else { return .fault }
        if count < Self.smallPiece {
          gathered.writeImmutableBuffer(piece)
        } else {
          emitGathered()
          emit(piece)
        }
      case .fault:
        emitGathered()
        return .fault
      }
    }
    emitGathered()
    return tracker.isAtTrailers ? receiveTrailers(&buffer, emit) : .more
  }

  private mutating func receiveTrailers(_ buffer: inout ByteBuffer, _ emit: (ByteBuffer) -> Void) -> Progress {
    guard buffer.readableBytes > 0 else { return .more }
    let held = trailerBytes.readableBytes
    trailerBytes.writeImmutableBuffer(buffer)
    switch trailers.parse(&trailerBytes) {
    case .incomplete:
      buffer.moveReaderIndex(to: buffer.writerIndex)
      return .more
    case .fault: return .fault
    case .head(let head):
      buffer.moveReaderIndex(forwardBy: max(0, head.bytes.readableBytes - held))
      trailerBytes = ByteBuffer()
      isComplete = true
      if conversion == .verbatim {
        sizeLine.writeImmutableBuffer(TrailerRules.forward(head, keep: keepsTrailers, options: options))
        emit(sizeLine)
      }
      return .complete
    }
  }

  private static let smallPiece = 4096
  private static let chunkEnd = ByteBuffer(staticString: "\r\n")

  /// The whole buffer when that is meant, so that it passes through as it is.
  private static func take(_ count: Int, from buffer: inout ByteBuffer) -> ByteBuffer? {
    guard count > 0 else { return nil }
    if count == buffer.readableBytes {
      let whole = buffer
      buffer.moveReaderIndex(forwardBy: count)
      return whole
    }
    return buffer.readSlice(length: count)
  }
}

extension BodyRelay {
  /// What is left of a body that is only counted, so that its bytes need not be seen; nil where they must be.
  var uncounted: Int64? {
    guard case .length = framing, conversion == .verbatim else { return nil }
    return remaining
  }

  /// Bytes of such a body went past, at most `uncounted`.
  mutating func passed(_ count: Int) {
    let passed = min(Int64(count), remaining)
    remaining -= passed
    dataBytes += passed
    isComplete = remaining == 0
  }

  /// What is held here and nowhere else: a size line and an unfinished trailer section.
  var heldBytes: Int { trailerBytes.readableBytes + sizeLine.readableBytes }
}
