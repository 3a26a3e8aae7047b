internal import LoadGen

/// How a lane's state reads: a letter where there is little room, a word where there is more, and a colour that says no
/// more than they do.
struct LaneState: Equatable, Sendable {
  var letter: Unicode.Scalar
  var word: String
  var role: Role

  init(_ lane: LaneSnapshot) {
    guard !lane.isWatched else {
      self = Self.watched(lane.state)
      return
    }
    switch lane.state {
    case .idle: self.init("-", "idle", .faint)
    case .waiting: self.init("W", "waiting", .waiting)
    case .headers: self.init("H", "headers", .waiting)
    case .streaming: self.init("S", "streaming", .text)
    case .ended:
      if lane.result == .failed {
        self.init("X", "failed", .bad)
      } else if lane.verdict == .valid {
        self.init("V", "valid", .good)
      } else {
        self.init("E", "ended", .text)
      }
    }
  }

  /// Of a stream that a target tells of: whether bytes have gone out, or it is told of no more.
  private static func watched(_ state: LaneSnapshot.State) -> LaneState {
    switch state {
    case .idle: LaneState("?", "untold", .faint)
    case .waiting, .headers: LaneState("N", "no bytes", .waiting)
    case .streaming: LaneState("S", "sending", .text)
    case .ended: LaneState("G", "gone", .faint)
    }
  }

  private init(_ letter: Unicode.Scalar, _ word: String, _ role: Role) {
    self.letter = letter
    self.word = word
    self.role = role
  }
}
