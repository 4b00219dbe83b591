using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Body of <c>POST /api/v1/find</c>.</summary>
/// <param name="Img">The picture.</param>
/// <param name="Gallery">Which gallery; null for the default one.</param>
/// <param name="Choice">How the picture becomes embeddings.</param>
/// <param name="DistanceMetric">Metric.</param>
/// <param name="EnforceDetection">Whether a picture without a face is an error; else the whole picture is the face.</param>
/// <param name="MaxFaces">Only this many faces of the picture, the largest first; null for all of them in the detector's order.</param>
/// <param name="Threshold">Largest distance of a row; null for the model's own. 0 counts as null, as in verify.</param>
/// <param name="TopK">Most rows of each face.</param>
/// <param name="AntiSpoofing">Whether every face must be a person's, not that of a print or a screen.</param>
public sealed record FindRequest(
    ImageInput Img,
    string? Gallery,
    EmbeddingChoice Choice,
    DistanceMetric? DistanceMetric,
    bool EnforceDetection,
    int? MaxFaces,
    double? Threshold,
    int TopK,
    bool AntiSpoofing) : IRequest<FindRequest>
{
    private const int DefaultTopK = 100;

    /// <inheritdoc/>
    public static int MaxImages => 1;

    /// <inheritdoc/>
    public static FindRequest Read(RequestFields fields, ApiNames names)
    {
        return new(
            fields.Image("img"),
            fields.Text("gallery"),
            EmbeddingChoice.Read(fields, names),
            fields.OptionalChoice("distance_metric", ApiNames.Metrics),
            fields.Flag("enforce_detection", defaultValue: true),
            CommonFields.MaxFaces(fields),
            CommonFields.Threshold(fields),
            CommonFields.TopK(fields, DefaultTopK),
            CommonFields.AntiSpoofing(fields));
    }
}
