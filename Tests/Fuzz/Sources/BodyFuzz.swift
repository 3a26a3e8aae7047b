internal import NIOCore

/// Bodies in every framing and conversion: nothing depends on how the bytes arrive, nothing past the body's end is taken,
/// no byte is lost or made up, and `complete` is said only of what `ChunkedReference` finds whole.
enum BodyFuzz {
  struct Run: Equatable {
    var progress: BodyRelay.Progress
    var emitted: [UInt8]
    /// Bytes that were not taken.
    var left: Int
    var dataBytes: Int64
    var held: Int
    /// What the sender's end made of it.
    var ended: BodyRelay.Progress
    var tail: [UInt8]

    init(_ framing: BodyFraming, _ conversion: BodyRelay.Conversion, keepsTrailers: Bool, _ pieces: [ByteBuffer]) {
      var relay = BodyRelay(framing, conversion: conversion, keepsTrailers: keepsTrailers)
      var out = ByteBuffer()
      var progress = relay.isComplete ? BodyRelay.Progress.complete : .more
      var left = 0
      for piece in pieces {
        var buffer = piece
        // A relay that is whole must leave everything alone; one that failed is not asked again.
        if progress != .fault { progress = relay.receive(&buffer) { out.writeImmutableBuffer($0) } }
        left += buffer.readableBytes
      }
      self.progress = progress
      self.left = left
      emitted = Array(out.readableBytesView)
      held = relay.heldBytes
      var tail = ByteBuffer()
      ended = progress == .fault ? .fault : relay.finish { tail.writeImmutableBuffer($0) }
      self.tail = Array(tail.readableBytesView)
      dataBytes = relay.dataBytes
    }
  }

  static func run(_ input: [UInt8]) {
    let reference = ChunkedReference(input)
    let whole = ByteBuffer(bytes: input)
    for (index, way) in FuzzSplits.ways(input).enumerated() {
      let pieces = slices(of: whole, way)
      let plain = Run(.chunked, .verbatim, keepsTrailers: false, pieces)
      checkVerbatim(plain, input, reference)
      let bare = Run(.chunked, .withoutChunks, keepsTrailers: false, pieces)
      checkBare(bare, plain, input, reference)
      checkTrailers(Run(.chunked, .verbatim, keepsTrailers: true, pieces), plain, reference)
      // These look at no byte, so two ways are enough.
      if index.isMultiple(of: 2) {
        checkCounted(input, pieces)
        checkUntilClose(input, pieces)
      }
    }
  }

  private static func slices(of whole: ByteBuffer, _ pieces: [[UInt8]]) -> [ByteBuffer] {
    var rest = whole
    return pieces.compactMap { rest.readSlice(length: $0.count) }
  }

  private static func checkVerbatim(_ run: Run, _ input: [UInt8], _ reference: ChunkedReference) {
    require((run.progress == .complete) == (reference.end != nil), "\(run.progress), reference \(reference)")
    require((run.ended == .complete) == (run.progress == .complete), "an end made a cut body whole")
    switch run.progress {
    case .complete:
      let end = reference.end ?? 0
      let start = reference.trailersStart ?? 0
      require(run.left == input.count - end, "left \(run.left), not \(input.count - end)")
      require(run.emitted == Array(input[..<start]) + [13, 10], "not verbatim")
    case .more:
      require(run.left == 0 && run.emitted.count + run.held == input.count, "took or kept the wrong amount")
      require(input.starts(with: run.emitted), "not verbatim")
    case .fault:
      require(input.starts(with: run.emitted), "not verbatim")
      require(run.emitted.count <= reference.trailersStart ?? .max, "emitted an unfinished trailer section")
    }
    require(run.dataBytes == Int64(reference.data.count), "\(run.dataBytes) data bytes of \(reference.data.count)")
  }

  private static func checkBare(_ bare: Run, _ plain: Run, _ input: [UInt8], _ reference: ChunkedReference) {
    require(bare.progress == plain.progress && bare.ended == plain.ended, "conversions differ in their verdict")
    require(bare.emitted == reference.data, "data differs")
    // Verbatim, the last chunk's line is held too.
    require(bare.dataBytes == plain.dataBytes && bare.held <= plain.held, "conversions count differently")
    if bare.progress != .fault { require(bare.left == plain.left, "conversions take different amounts") }
    require(bare.tail.isEmpty && plain.tail.isEmpty, "made an end of its own")
  }

  private static func checkTrailers(_ kept: Run, _ plain: Run, _ reference: ChunkedReference) {
    require(kept.progress == plain.progress && kept.left == plain.left, "trailers change the verdict")
    guard kept.progress == .complete, let start = reference.trailersStart else { return }
    require(kept.emitted.starts(with: plain.emitted[..<start]), "trailers change the data")
    let section = Array(kept.emitted[start...])
    guard case .head(let trailers, left: 0) = ParsedHead.of(.trailers, [section]).outcome else {
      return require(false, "the trailer section that was made is none: \(section)")
    }
    for field in trailers.fields { require(!OutputRules.neverInTrailers.contains(field.key), "trailer \(field.key)") }
  }

  private static func checkCounted(_ input: [UInt8], _ pieces: [ByteBuffer]) {
    var splits = FuzzSplits(input)
    for length in [0, input.count, input.count + 1, splits.below(input.count + 1)] {
      let run = Run(.length(Int64(length)), .verbatim, keepsTrailers: false, pieces)
      let taken = min(length, input.count)
      require(run.emitted == Array(input[..<taken]) && run.left == input.count - taken, "length \(length)")
      require((run.progress == .complete) == (length <= input.count), "length \(length): \(run.progress)")
      require((run.ended == .complete) == (length <= input.count), "an end made a cut body whole")
      require(run.tail.isEmpty && run.dataBytes == Int64(taken), "length \(length) counted \(run.dataBytes)")
    }
  }

  private static func checkUntilClose(_ input: [UInt8], _ pieces: [ByteBuffer]) {
    let bare = Run(.close, .verbatim, keepsTrailers: false, pieces)
    require(bare.progress == .more && bare.ended == .complete && bare.emitted == input, "until close")
    let chunked = Run(.close, .intoChunks, keepsTrailers: false, pieces)
    require(chunked.progress == .more && chunked.ended == .complete, "into chunks: \(chunked)")
    require(ChunkedReference(chunked.emitted).end == nil, "chunks were ended before their sender ended")
    let made = ChunkedReference(chunked.emitted + chunked.tail)
    require(made.end == chunked.emitted.count + chunked.tail.count && made.data == input, "into chunks: \(made)")
    require(chunked.dataBytes == Int64(input.count), "into chunks counted \(chunked.dataBytes)")
  }
}
