/// The whole screen: a pure function of the model. The frame comes in only so that its memory is used again.
enum DashboardView {
  static func draw(_ model: DashboardModel, into frame: inout Frame) {
    frame.reset(size: model.size)
    guard let layout = model.layout else { return TinyView.draw(model, into: &frame) }
    HeaderView.draw(model, row: layout.header, into: &frame)
    TotalsView.draw(model, row: layout.totals, into: &frame)
    EnvironmentView.draw(model, rows: layout.environments, into: &frame)
    GraphView.draw(model, rows: layout.graph, into: &frame)
    LaneTableView.draw(model, layout: layout, into: &frame)
    FailureLine.draw(model, row: layout.failures, into: &frame)
    DetailLine.draw(model, rows: layout.detail, into: &frame)
    FooterView.draw(model, row: layout.footer, into: &frame)
    if model.helpShown { HelpView.draw(model, into: &frame) }
  }
}
