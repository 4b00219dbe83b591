using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Body of <c>POST /api/v1/verify</c>. A null name stands for the configured default.</summary>
/// <param name="Img1">First picture or embedding.</param>
/// <param name="Img2">Second picture or embedding.</param>
/// <param name="ModelName">Recogniser, in the catalogue's spelling.</param>
/// <param name="DetectorBackend">Detector, in the catalogue's spelling.</param>
/// <param name="DistanceMetric">Metric.</param>
/// <param name="EnforceDetection">Whether a picture without a face is an error; else the whole picture is the face.</param>
/// <param name="Align">Whether faces are rotated upright.</param>
/// <param name="Alignment">How the recogniser's input is made.</param>
/// <param name="Normalization">What is done to the input's values.</param>
/// <param name="ExpandPercentage">By how much the box grows, in percent of its sides.</param>
/// <param name="Threshold">Largest distance that counts as the same person; null for the model's own. 0 counts as null, as in DeepFace.</param>
/// <param name="AntiSpoofing">Whether every face must be a person's, not that of a print or a screen. An embedding in a picture's place cannot be told.</param>
public sealed record VerifyRequest(
    ImageInput Img1,
    ImageInput Img2,
    string? ModelName,
    string? DetectorBackend,
    DistanceMetric? DistanceMetric,
    bool EnforceDetection,
    bool Align,
    AlignmentMode? Alignment,
    InputNormalization Normalization,
    int ExpandPercentage,
    double? Threshold,
    bool AntiSpoofing) : IRequest<VerifyRequest>
{
    /// <inheritdoc/>
    public static int MaxImages => 2;

    /// <inheritdoc/>
    public static VerifyRequest Read(RequestFields fields, ApiNames names)
    {
        var img1 = fields.ImageOrEmbedding("img1");
        var img2 = fields.ImageOrEmbedding("img2");
        return new(
            img1,
            img2,
            fields.Choice("model_name", names.Models),
            fields.Choice("detector_backend", names.Detectors),
            fields.OptionalChoice("distance_metric", ApiNames.Metrics),
            fields.Flag("enforce_detection", defaultValue: true),
            fields.Flag("align", defaultValue: true),
            fields.OptionalChoice("alignment", ApiNames.Alignments),
            fields.Choice("normalization", ApiNames.Normalizations),
            CommonFields.ExpandPercentage(fields),
            CommonFields.Threshold(fields),
            CommonFields.AntiSpoofing(fields, img1, img2));
    }
}
