using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Body of <c>POST /api/v1/extract</c>. A null name stands for the configured default.</summary>
/// <param name="Img">The picture.</param>
/// <param name="DetectorBackend">Detector, in the catalogue's spelling.</param>
/// <param name="EnforceDetection">Whether a picture without a face is an error; else the whole picture is the face.</param>
/// <param name="Align">Whether faces are rotated to a level eye line.</param>
/// <param name="ExpandPercentage">By how much the box grows, in percent of its sides.</param>
/// <param name="MaxFaces">Only this many faces, the largest first; null for all of them in the detector's order.</param>
/// <param name="AntiSpoofing">Whether it is told of every face whether it is a person's, not that of a print or a screen.</param>
/// <param name="Include">What is told of every face besides; nothing when nothing is named.</param>
/// <param name="ColorFace">Colours of the faces' pictures; <see cref="ColorOrder.Bgr"/> for whoever hands the pixels on to something that wants blue first.</param>
/// <param name="TargetSize">The size that every face is fitted into; null for its own.</param>
public sealed record ExtractRequest(
    ImageInput Img,
    string? DetectorBackend,
    bool EnforceDetection,
    bool Align,
    int ExpandPercentage,
    int? MaxFaces,
    bool AntiSpoofing,
    IReadOnlyList<FaceDetail> Include,
    ColorOrder ColorFace,
    TargetSize? TargetSize) : IRequest<ExtractRequest>
{
    /// <inheritdoc/>
    public static int MaxImages => 1;

    /// <inheritdoc/>
    public static ExtractRequest Read(RequestFields fields, ApiNames names)
    {
        return new(
            fields.Image("img"),
            fields.Choice("detector_backend", names.Detectors),
            fields.Flag("enforce_detection", defaultValue: true),
            fields.Flag("align", defaultValue: true),
            CommonFields.ExpandPercentage(fields),
            CommonFields.MaxFaces(fields),
            CommonFields.AntiSpoofing(fields),
            fields.Choices("include", ApiNames.Details, []),
            fields.Choice("color_face", ApiNames.Colors),
            fields.Size("target_size", Requests.TargetSize.MaxSide));
    }
}
