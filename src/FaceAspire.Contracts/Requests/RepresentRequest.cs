using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Body of <c>POST /api/v1/represent</c> and <c>/embed</c>. A null name stands for the configured default.</summary>
/// <param name="Img">The picture.</param>
/// <param name="ModelName">Recogniser, in the catalogue's spelling.</param>
/// <param name="DetectorBackend">Detector, in the catalogue's spelling.</param>
/// <param name="EnforceDetection">Whether a picture without a face is an error; else the whole picture is the face.</param>
/// <param name="Align">Whether faces are rotated upright.</param>
/// <param name="Alignment">How the recogniser's input is made.</param>
/// <param name="Normalization">What is done to the input's values.</param>
/// <param name="ExpandPercentage">By how much the box grows, in percent of its sides.</param>
/// <param name="MaxFaces">Only this many faces, the largest first; null for all of them in the detector's order.</param>
/// <param name="AntiSpoofing">Whether every face must be a person's, not that of a print or a screen.</param>
/// <param name="Include">What is told of every face besides; nothing when nothing is named.</param>
public sealed record RepresentRequest(
    ImageInput Img,
    string? ModelName,
    string? DetectorBackend,
    bool EnforceDetection,
    bool Align,
    AlignmentMode? Alignment,
    InputNormalization Normalization,
    int ExpandPercentage,
    int? MaxFaces,
    bool AntiSpoofing,
    IReadOnlyList<FaceDetail> Include) : IRequest<RepresentRequest>
{
    /// <inheritdoc/>
    public static int MaxImages => 1;

    /// <inheritdoc/>
    public static RepresentRequest Read(RequestFields fields, ApiNames names)
    {
        return new(
            fields.Image("img"),
            fields.Choice("model_name", names.Models),
            fields.Choice("detector_backend", names.Detectors),
            fields.Flag("enforce_detection", defaultValue: true),
            fields.Flag("align", defaultValue: true),
            fields.OptionalChoice("alignment", ApiNames.Alignments),
            fields.Choice("normalization", ApiNames.Normalizations),
            CommonFields.ExpandPercentage(fields),
            CommonFields.MaxFaces(fields),
            CommonFields.AntiSpoofing(fields),
            fields.Choices("include", ApiNames.Details, []));
    }
}
