import LoadGen
import Testing

@testable import ProxyTUI

/// Which rows the stream table has: lanes or single streams, failures on top until somebody has seen them.
@Suite struct StreamTableTests {
  private func model(_ lanes: Int = 9, failing: Bool = true) -> DashboardModel {
    Sample.model(rows: 24, columns: 80, lanes: lanes, failing: failing)
  }

  private func shown(_ model: DashboardModel) -> [Int] {
    (0..<model.rowCount).compactMap { model.row(at: $0) }.map {
      model.streams.showsSingles ? $0.lane.stream : $0.lane.lane
    }
  }

  private func press(_ model: inout DashboardModel, _ keys: Key...) {
    for key in keys { _ = update(&model, .key(key)) }
  }

  @Test func failedLanesStandOnTopUntilSeen() {
    var model = model()
    #expect(shown(model) == [2, 5, 8, 0, 1, 3, 4, 6, 7])
    #expect(model.row(at: 0)?.isPinned == true && model.row(at: 3)?.isPinned == false)
    press(&model, .character("a"))
    #expect(shown(model) == [5, 8, 0, 1, 2, 3, 4, 6, 7])
    press(&model, .character("A"))
    #expect(shown(model) == Array(0..<9) && !model.streamsArePinned)
    // One more failure of a lane that was seen.
    var next = Sample.snapshot(lanes: 9, seconds: 14, failing: true)
    next.lanes[5].failed += 1
    _ = update(&model, Sample.tick(next, now: 14))
    #expect(shown(model) == [5, 0, 1, 2, 3, 4, 6, 7, 8])
  }

  @Test func lanesWithoutFailuresNeedNoList() {
    #expect(model(failing: false).streams.order == nil)
    #expect(shown(model(failing: false)) == Array(0..<9))
  }

  @Test func singleStreamsAreFailuresThenRunningThenTheLatest() {
    var model = model()
    press(&model, .character("t"))
    // The failed streams 3, 6, 9, the latest first; running ones by number; then the ended, the latest first.
    #expect(shown(model) == [9, 6, 3, 1, 2, 3, 4, 5, 7, 9, 8, 7, 5, 4, 2, 1])
    press(&model, .character("a"))
    #expect(shown(model).prefix(3) == [6, 3, 1])
    press(&model, .character("f"))
    #expect(shown(model).allSatisfy { $0 % 3 == 0 })
  }

  @Test func theSelectionStaysOnItsRow() {
    var model = model(failing: false)
    press(&model, .down, .down, .down)
    #expect(model.row(at: model.streams.list.selection)?.lane.lane == 3)
    var next = Sample.snapshot(lanes: 9, seconds: 14)
    next.lanes[7].failed = 1
    _ = update(&model, Sample.tick(next, now: 14))
    #expect(shown(model).first == 7)
    #expect(model.row(at: model.streams.list.selection)?.lane.lane == 3)
    // The first row is whatever is first.
    press(&model, .home)
    next.lanes[8].failed = 1
    next.lanes[7].failed = 0
    next.elapsedSeconds = 15
    _ = update(&model, Sample.tick(next, now: 15))
    #expect(model.streams.list.selection == 0 && shown(model).first == 8)
  }

  @Test func filterAndSort() {
    var model = model(30, failing: false)
    press(&model, .character("/"))
    for scalar in "state:streaming bytes>4MiB".unicodeScalars { press(&model, .character(scalar)) }
    press(&model, .enter)
    let rows = (0..<model.rowCount).compactMap { model.row(at: $0)?.lane }
    #expect(!rows.isEmpty && rows.allSatisfy { $0.state == .streaming && $0.bytes > 4 << 20 })
    model.sort { $0.sort = SortOrder(.bytes) }
    let bytes = (0..<model.rowCount).compactMap { model.row(at: $0)?.lane.bytes }
    #expect(bytes == bytes.sorted(by: >))
    press(&model, .escape)
    #expect(model.streams.list.filterText.isEmpty && model.rowCount == 30)
  }

  @Test func aWrongFilterStaysInThePromptWithItsFault() {
    var model = model()
    press(&model, .character("/"))
    for scalar in "color:red".unicodeScalars { press(&model, .character(scalar)) }
    press(&model, .enter)
    guard case .prompt(let prompt) = model.overlay else {
      Issue.record("no prompt")
      return
    }
    #expect(prompt.fault?.contains("no field") == true && prompt.text == "color:red")
    #expect(Sample.frame(model).text.contains("no field"))
    press(&model, .backspace)
    #expect(model.overlay == .prompt(Prompt(purpose: .filter, text: "color:re")))
  }

  @Test func theBookIsBounded() {
    var book = StreamBook()
    for stream in 1...StreamBook.limit * 2 + 3 {
      book.add(Sample.record(stream, lane: 1, failing: stream % 2 == 0))
    }
    #expect(book.count == StreamBook.limit && book.pins.count <= StreamBook.pinLimit)
    #expect(book.slot(back: 0).flatMap { book.record(slot: $0) }?.stream == StreamBook.limit * 2 + 3)
    #expect(
      book.slot(back: StreamBook.limit - 1).flatMap { book.record(slot: $0) }?.stream == StreamBook.limit + 4)
    #expect(book.slot(back: StreamBook.limit) == nil && book.slot(back: -1) == nil)
    #expect(book.lostPins > 0 && book.pins.last?.stream == StreamBook.limit * 2 + 2)
  }

  /// A slot that was given to another stream shows nothing rather than the wrong one.
  @Test func aPlaceKnowsItsStream() {
    var model = model(3, failing: false)
    press(&model, .character("t"))
    let place = StreamTable.Place(index: 0, isLane: false, stream: 1)
    #expect(model.row(place)?.lane.stream == 1)
    #expect(model.row(StreamTable.Place(index: 0, isLane: false, stream: 77)) == nil)
  }
}
