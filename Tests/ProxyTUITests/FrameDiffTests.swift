import Testing

@testable import ProxyTUI

/// What a terminal does with cells: a scalar that lands on half of a wide one destroys the other half.
private struct TerminalGrid {
  var size: ScreenSize
  var cells: [Cell]

  init(showing frame: Frame) {
    size = frame.size
    cells = frame.cells
  }

  mutating func put(_ run: CellRun, of frame: Frame) {
    let row = Array(frame.row(run.row))
    let base = run.row * size.columns
    var column = run.column
    while column < run.column + run.count {
      guard let scalar = row[column].scalar, let width = ScalarWidth.of(scalar) else {
        Issue.record("a run begins in the middle of a wide scalar")
        return
      }
      guard column + width <= run.column + run.count else {
        Issue.record("a run ends in the middle of a wide scalar")
        return
      }
      destroyHalf(base, column)
      if width == 2 { destroyHalf(base, column + 1) }
      for offset in 0..<width { cells[base + column + offset] = row[column + offset] }
      column += width
    }
  }

  private mutating func destroyHalf(_ base: Int, _ column: Int) {
    if cells[base + column].isRightHalf, column > 0 { cells[base + column - 1] = .blank }
    if column + 1 < size.columns, cells[base + column + 1].isRightHalf { cells[base + column + 1] = .blank }
  }
}

@Suite struct FrameDiffTests {
  private static let alphabet: [String] = [" ", "a", "b", "日", "本", "👍", "·", "█"]

  private func randomFrame(_ size: ScreenSize, _ random: inout SeededGenerator, from frame: Frame? = nil) -> Frame {
    var frame = frame ?? Frame(size: size)
    for _ in 0..<Int.random(in: 0...40, using: &random) {
      let text = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        Self.alphabet.randomElement(using: &random) ?? "a"
      }
      frame.put(
        text.joined(), row: Int.random(in: 0..<size.rows, using: &random),
        column: Int.random(in: 0..<size.columns, using: &random),
        role: Role.allCases.randomElement(using: &random) ?? .text)
    }
    return frame
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func drawingTheDifferenceShowsTheFrame(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let size = ScreenSize(rows: Int.random(in: 1...5, using: &random), columns: Int.random(in: 1...24, using: &random))
    let old = randomFrame(size, &random)
    let new = randomFrame(size, &random, from: Bool.random(using: &random) ? old : nil)
    #expect(old.isDrawable && new.isDrawable)
    var runs: [CellRun] = []
    new.diff(from: old, into: &runs)
    var grid = TerminalGrid(showing: old)
    for run in runs { grid.put(run, of: new) }
    #expect(grid.cells == new.cells)
    #expect(runs.isEmpty == (old == new))
  }

  @Test func equalFramesDifferInNothing() {
    var random = SeededGenerator(seed: 7)
    let frame = randomFrame(ScreenSize(rows: 4, columns: 20), &random)
    var runs = [CellRun(row: 0, column: 0, count: 1)]
    frame.diff(from: frame, into: &runs)
    #expect(runs.isEmpty)
  }

  @Test func onlyWhatChangedIsDrawn() {
    var old = Frame(size: ScreenSize(rows: 2, columns: 10))
    old.put("0123456789", row: 0, column: 0, role: .text)
    var new = old
    new.put("xy", row: 0, column: 3, role: .text)
    new.put("7", row: 0, column: 7, role: .bad)
    var runs: [CellRun] = []
    new.diff(from: old, into: &runs)
    #expect(runs == [CellRun(row: 0, column: 3, count: 2), CellRun(row: 0, column: 7, count: 1)])
  }

  @Test func anotherSizeOrNothingShownIsDrawnWhole() {
    let frame = Frame(size: ScreenSize(rows: 2, columns: 3))
    let all = [CellRun(row: 0, column: 0, count: 3), CellRun(row: 1, column: 0, count: 3)]
    var runs: [CellRun] = []
    frame.diff(from: nil, into: &runs)
    #expect(runs == all)
    frame.diff(from: Frame(size: ScreenSize(rows: 3, columns: 2)), into: &runs)
    #expect(runs == all)
  }
}

/// SplitMix64: the same frames in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
