import Foundation
import LoadGen
import Testing

@testable import ProxyTUI

/// What a frame costs: `MEASURE_DRAWING=1 swift test -c release --filter DrawingCost` prints it. The budget is 5 % of
/// one
/// core at 10 drawings a second and 1,000 streams, so 5 ms a frame.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["MEASURE_DRAWING"] == "1"))
struct DrawingCostTests {
  @Test(arguments: [(24, 80), (40, 120), (60, 200)])
  func aThousandLanes(_ rows: Int, _ columns: Int) {
    var model = Sample.model(rows: rows, columns: columns, lanes: 1000, failing: true)
    let snapshots = (0..<50).map { step in moved(step) }
    var frame = Frame(size: model.size)
    var shown = Frame(size: model.size)
    var runs: [CellRun] = []
    var cells = 0
    let frames = 2000
    let start = clock()
    for index in 0..<frames {
      let seconds = 20 + Double(index) / 10
      var snapshot = snapshots[index % snapshots.count]
      snapshot.elapsedSeconds = seconds
      _ = update(&model, Sample.tick(snapshot, now: seconds))
      DashboardView.draw(model, into: &frame)
      frame.diff(from: shown, into: &runs)
      for run in runs { cells += run.count }
      swap(&frame, &shown)
    }
    let milliseconds = Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1000 / Double(frames)
    print(
      "\(columns)x\(rows), 1000 lanes: \(milliseconds) ms a frame for update, view and diff "
        + "(as many per cent of a core at 10 a second), \(cells / frames) cells changed a frame")
    #expect(milliseconds < 5)
  }

  private func moved(_ step: Int) -> Snapshot {
    var snapshot = Sample.snapshot(lanes: 1000, seconds: Double(step), failing: true)
    for index in snapshot.lanes.indices {
      snapshot.lanes[index].bytes = Int64((step * 37 + index * 91) % 100) * 83_886
      snapshot.lanes[index].bytesPerSecond = Double((step * 13 + index * 7) % 97) * 31_234
      snapshot.lanes[index].elapsedSeconds = Double((step + index) % 50) / 10
    }
    return snapshot
  }
}
