/// Events that the next view is to bring. Bounded: beyond `limit` only what tells of failures and of the run as a whole is kept,
/// beyond `essentialLimit` nothing; the rest is counted.
///
/// An event takes some hundreds of bytes, so a view brings fewer of them than `RunView.eventLimit`.
struct EventTray {
  static let limit = 8192
  static let essentialLimit = 16_384

  private(set) var events: [RecordEvent] = []
  private(set) var missed = 0

  mutating func add(_ event: RecordEvent) {
    // What all lanes do is in the view's snapshot.
    if case .lanes = event { return }
    guard events.count < (event.isEssential ? Self.essentialLimit : Self.limit) else { return missed &+= 1 }
    events.append(event)
  }

  mutating func take() -> (events: [RecordEvent], missed: Int) {
    defer { self = EventTray() }
    return (events, missed)
  }
}
