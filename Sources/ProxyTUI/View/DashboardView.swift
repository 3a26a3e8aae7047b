/// The whole screen: a pure function of the model. The frame comes in only so that its memory is used again.
enum DashboardView {
  static func draw(_ model: DashboardModel, into frame: inout Frame) {
    frame.reset(size: model.size)
    guard let layout = model.layout else { return TinyView.draw(model, into: &frame) }
    HeaderView.draw(model, row: layout.header, into: &frame)
    TotalsView.draw(model, row: layout.totals, into: &frame)
    drawBody(model, layout, into: &frame)
    TabsView.draw(model, row: layout.tabs, into: &frame)
    FailureLine.draw(model, row: layout.failures, into: &frame)
    DetailLine.draw(model, rows: layout.detail, into: &frame)
    FooterView.draw(model, row: layout.footer, into: &frame)
    OverlayView.draw(model, layout, into: &frame)
  }

  private static func drawBody(_ model: DashboardModel, _ layout: Layout, into frame: inout Frame) {
    guard model.focus == nil else { return StreamView.draw(model, rows: layout.body, into: &frame) }
    switch model.tab {
    case .streams:
      GraphView.draw(model, rows: layout.graph, into: &frame)
      EnvironmentView.draw(model, rows: layout.environments, into: &frame)
      LaneTableView.draw(model, layout: layout, into: &frame)
    case .overview: OverviewView.draw(model, rows: layout.body, into: &frame)
    case .latency: LatencyView.draw(model, rows: layout.body, into: &frame)
    case .failures: FailuresView.draw(model, layout: layout, into: &frame)
    case .environments: InstancesView.draw(model, layout: layout, into: &frame)
    case .log: LogView.draw(model, layout: layout, into: &frame)
    }
  }
}
