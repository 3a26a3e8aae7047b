/// What a screen too small for anything says: what it needs and what it is.
enum TinyView {
  static func draw(_ model: DashboardModel, into frame: inout Frame) {
    let smallest = Layout.smallest
    let needed = "\(smallest.columns)x\(smallest.rows)"
    let here = "\(model.size.columns)x\(model.size.rows)"
    let lines =
      model.size.columns >= 36
      ? ["gztop needs \(needed), this is \(here)", "(the load goes on; q quits)"]
      : ["gztop needs", needed, "this is", here]
    let top = max(0, (model.size.rows - lines.count) / 2)
    for (index, line) in lines.enumerated() {
      let column = max(0, (model.size.columns - line.utf8.count) / 2)
      frame.put(line, row: top + index, column: column, role: index == 0 ? .heading : .text)
    }
  }
}
