/// A load without anything besides: what a dashboard can show of any `LoadControl`.
public final class LoadSource: RunSource {
  private let control: any LoadControl

  public init(_ control: any LoadControl) { self.control = control }

  public let abilities: RunAbilities = [.load, .concurrency]

  public func view(of focus: RunFocus?) -> RunView { RunView(snapshot: control.snapshot()) }

  public func perform(_ command: RunCommand) {
    switch command {
    case .setConcurrency(let lanes): control.setConcurrency(lanes)
    case .setPaused(let paused): control.setPaused(paused)
    case .stop(let how): control.stop(how)
    default: break
    }
  }
}
