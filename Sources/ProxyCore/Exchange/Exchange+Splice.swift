internal import NIOCore

/// The middle of a body whose length is known, through a pipe instead of through user space (Linux, plain sockets).
///
/// Opportunistic: NIO goes on reading, a little at a time, and is the one who hears of readiness, ends and errors. After each
/// of its reads, and once the client has taken all that user space held, bytes are moved from socket to socket until one
/// of the two would block.
///
///     read by NIO ──nothing waits──▶ moving ──upstream has no more──▶ pipe given back, read by NIO …
///                                      │
///                                      └──client takes no more──▶ a little of the pipe is NIO's to write, reading rests
///                                                                 … until that was taken ──▶ moving
///
/// Whenever somebody needs the bytes, or anything but this happens, the pipe is emptied into the copy relay, which takes
/// over as if it had read them.
extension Exchange {
  /// What one stream may move before others get their turn.
  private static let turn = 4 * 1024 * 1024
  /// What NIO is given to write, so that it waits for the client.
  private static let bait = 4096

  /// Whether the body's next bytes may go through a pipe.
  var maySplice: Bool {
    guard machine.phase == .streaming, hold == nil, splices, client.takesSplice else { return false }
    guard upstream?.canSplice == true else { return false }
    return (responseRelay?.uncounted ?? 0) >= loop.limits.smallestSplice
  }

  /// Moves what can be moved, and leaves the rest to whoever hears of it next. Anything may have ended when it returns.
  func splice() {
    guard let upstream else { return }
    var budget = Self.turn
    // A read that is inside already goes out with what can be added to it.
    var mayFill = (pipe?.held ?? 0) <= Pipe.putLimit
    var hasMore = true
    while isLive, self.upstream === upstream {
      if mayFill, hasMore, budget > 0 {
        hasMore = fill(upstream, &budget)
        mayFill = false
      } else if let pipe, pipe.held > 0 {
        switch client.port.descriptor.map({ pipe.empty(into: $0) }) ?? .failed {
        case .moved(let count):
          client.port.spliced(count)
          mayFill = pipe.held == 0
        case .wouldBlock:
          if waitForClient(pipe) { return }
        case .ended, .failed:
          // The client is gone; NIO finds out when it writes what was inside.
          spill()
          return client.port.flush()
        }
      } else {
        return splicedEnough(upstream)
      }
    }
  }

  /// False when the upstream has no more for now, or nothing of it may be moved.
  private func fill(_ upstream: UpstreamConnection, _ budget: inout Int) -> Bool {
    guard maySplice, let pipe = pipe ?? takePipe() else { return false }
    let wanted = Int(clamping: min(responseRelay?.uncounted ?? 0, Int64(pipe.room)))
    let move = upstream.port.descriptor.map { pipe.fill(from: $0, count: wanted) }
    guard case .moved(let count)? = move else { return false }
    budget -= count
    noteSpliced(count)
    return true
  }

  private func splicedEnough(_ upstream: UpstreamConnection) {
    givePipeBack()
    if responseRelay?.isComplete == true {
      responseIsWhole = true
      complete()
    } else {
      upstream.resume()
    }
  }

  /// Puts what was read into the pipe, ahead of what is moved there: one write to the client, where two would wake it twice.
  func prime(_ piece: ByteBuffer) -> Bool {
    guard piece.readableBytes <= Pipe.putLimit, client.port.isClear, maySplice else { return false }
    return (pipe ?? takePipe())?.put(piece) ?? false
  }

  /// False when the client takes bytes after all.
  private func waitForClient(_ pipe: Pipe) -> Bool {
    guard takeBack(pipe, Self.bait) else { return true }
    client.port.flush()
    guard isLive else { return true }
    guard client.port.outbox.backlog > 0 else { return false }
    upstream?.pause()
    notePause(for: .client)
    noteBuffered()
    client.port.awaitDrain()
    return true
  }

  private func takePipe() -> Pipe? {
    pipe = loop.pipes.take(at: loop.now)
    upstream?.readLittle(pipe != nil)
    return pipe
  }

  private func noteSpliced(_ count: Int) {
    responseRelay?.passed(count)
    splicedBytes += Int64(count)
    loop.counters.bytesSpliced += Int64(count)
    upstreamProgress = loop.now
    countOut(count)
    loop.counters.bytes.add(.fromUpstream, Int64(count))
  }

  func givePipeBack() {
    guard let pipe else { return }
    self.pipe = nil
    loop.pipes.giveBack(pipe)
  }

  /// What the pipe holds goes on as if it had been read.
  func spill() {
    guard let pipe, pipe.held > 0, takeBack(pipe, pipe.held) else { return }
    givePipeBack()
  }

  /// Gives NIO bytes of the pipe to write. A pipe that does not give what it holds would leave a hole in the body: the stream ends
  /// then, and this is false.
  private func takeBack(_ pipe: Pipe, _ maximum: Int) -> Bool {
    let wanted = min(maximum, pipe.held)
    let bytes = pipe.read(wanted)
    client.port.send(bytes)
    guard bytes.readableBytes < wanted else { return true }
    pipe.giveUp()
    fail(.internalError)
    return false
  }
}
