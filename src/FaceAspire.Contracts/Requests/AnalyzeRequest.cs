using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Body of <c>POST /api/v1/analyze</c>. A null name stands for the configured default.</summary>
/// <param name="Img">The picture.</param>
/// <param name="Actions">What is asked; all four when nothing is named.</param>
/// <param name="DetectorBackend">Detector, in the catalogue's spelling.</param>
/// <param name="EnforceDetection">Whether a picture without a face is an error; else the whole picture is the face.</param>
/// <param name="Align">Whether faces are rotated upright, for the models whose crop has a rotation.</param>
/// <param name="ExpandPercentage">By how much the box grows, in percent of its sides.</param>
/// <param name="MaxFaces">Only this many faces, the largest first; null for all of them in the detector's order.</param>
/// <param name="AntiSpoofing">Whether every face must be a person's, not that of a print or a screen.</param>
/// <param name="Include">What is told of every face besides; nothing when nothing is named.</param>
public sealed record AnalyzeRequest(
    ImageInput Img,
    IReadOnlyList<AttributeAction> Actions,
    string? DetectorBackend,
    bool EnforceDetection,
    bool Align,
    int ExpandPercentage,
    int? MaxFaces,
    bool AntiSpoofing,
    IReadOnlyList<FaceDetail> Include) : IRequest<AnalyzeRequest>
{
    private static readonly AttributeAction[] _allActions = Enum.GetValues<AttributeAction>();

    /// <inheritdoc/>
    public static int MaxImages => 1;

    /// <inheritdoc/>
    public static AnalyzeRequest Read(RequestFields fields, ApiNames names)
    {
        return new(
            fields.Image("img"),
            fields.Choices("actions", ApiNames.Actions, _allActions),
            fields.Choice("detector_backend", names.Detectors),
            fields.Flag("enforce_detection", defaultValue: true),
            fields.Flag("align", defaultValue: true),
            CommonFields.ExpandPercentage(fields),
            CommonFields.MaxFaces(fields),
            CommonFields.AntiSpoofing(fields),
            fields.Choices("include", ApiNames.Details, []));
    }
}
