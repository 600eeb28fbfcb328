import KairaFormats
import KairaImage
import KairaLearning
import KairaMedia
import KairaPhysics
import KairaPlot
import KairaPose
import KairaRender
import KairaRetarget
import KairaScene
import KairaTensor

extension ExitStatus {
    /// The code of an error of any module; nil for an error that is not Kaira's.
    public init?(of error: any Error) {
        switch error {
        case let status as ExitStatus: self = status
        case is CancellationError: self = .interrupted
        case let error as KairaError:
            switch error {
            case .usage: self = .usage
            case .noInput: self = .noInput
            case .badData: self = .badData
            case .outputExists, .cannotCreate: self = .cannotCreate
            case .missing: self = .unavailable
            case .different: self = .failed
            }
        case let error as MediaError:
            switch error.kind {
            case .usage: self = .usage
            case .badData: self = .badData
            case .noInput: self = .noInput
            case .missingTool: self = .unavailable
            case .cannotCreate: self = .cannotCreate
            case .inputOutput, .brokenPipe: self = .inputOutput
            case .partial: self = .partial
            case .cancelled: self = .interrupted
            }
        case let error as FormatsError:
            if case .unreadable = error { self = .noInput } else { self = .badData }
        case let error as PoseError: self = ExitStatus(rawValue: error.exitCode) ?? .failed
        case let error as RenderError:
            switch error {
            case .noDevice, .deviceUnusable: self = .unavailable
            case .size: self = .usage
            case .program, .failed, .unknownScene: self = .failed
            }
        case let error as LearningError:
            switch error {
            case .configuration: self = .usage
            case .missing: self = .noInput
            case .cancelled: self = .interrupted
            case .notFinite: self = .failed
            case .labelOutOfRange, .emptySet, .state, .shape, .data: self = .badData
            }
        case is ImageError, is PhysicsError, is SceneError, is TensorError, is RetargetError: self = .badData
        case is PlotError: self = .failed
        default: return nil
        }
    }
}
