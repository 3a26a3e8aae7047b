/// What a dashboard may ask of its source.
public enum RunCommand: Sendable, Equatable {
  /// Clamped to what the source grants.
  case setConcurrency(Int)
  /// A paused load starts no streams; running ones go on.
  case setPaused(Bool)
  /// Arrivals a second from now on, more than 0.
  case setRate(Double)
  /// Of bodies that begin from now on.
  case setValidation(ValidationMode)
  /// Cuts one running stream, which counts as `cut_by_deadline`: it was us.
  case abortStream(lane: Int, stream: Int)
  /// Everything is counted from now on, in the report too, which says so.
  case resetStatistics
  /// What goes wrong in the lab from now on; nil is nothing.
  case setFault(LabFault?)
  /// How the lab's gzproxy moves bodies of streams that begin from now on.
  case setRelay(LabRelay)
  /// Writes a report of the run so far.
  case saveReport(OutputPlan.Format, path: String)
  /// Writes the record of what happens from now on; nil ends it.
  case setRecord(path: String?)
  case stop(LoadStop)
  case playback(Playback)

  /// What is done with a recorded run's time.
  public enum Playback: Sendable, Equatable {
    case setPlaying(Bool)
    /// To the next event, or so many microseconds on or back.
    case step
    case move(by: Int64)
    case seek(to: Int64)
    /// Times as fast as it happened, 0.1 to 100.
    case setSpeed(Double)
  }
}

/// What can be made to go wrong in the embedded lab.
public enum LabFault: Sendable, Equatable, Hashable {
  /// One of gzorigin's faults by name, at its usual place in the body.
  case body(String)
  /// One of the fronts that gzorigin imitates by name.
  case front(String)
  /// Half of the streams go through a proxy with the classic mistake, beside the cure.
  case naive
}
