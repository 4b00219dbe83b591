namespace FaceAspire.Contracts.Requests;

/// <summary>Fields that several requests share, with their bounds.</summary>
internal static class CommonFields
{
    private const int MaxExpandPercentage = 100;
    private const int MaxFacesLimit = 10_000;
    private const int MaxTopK = 1_000;

    /// <summary>DeepFace takes a negative percentage for 0, and so do we.</summary>
    public static int ExpandPercentage(RequestFields fields) =>
        Math.Max(0, fields.WholeNumber("expand_percentage", defaultValue: 0, min: -MaxExpandPercentage, max: MaxExpandPercentage));

    /// <summary>The same where it may be left open.</summary>
    public static int? OptionalExpandPercentage(RequestFields fields) =>
        fields.OptionalWholeNumber("expand_percentage", min: -MaxExpandPercentage, max: MaxExpandPercentage) is { } percentage ? Math.Max(0, percentage) : null;

    public static int? MaxFaces(RequestFields fields) =>
        fields.WholeNumber("max_faces", defaultValue: 0, min: 1, max: MaxFacesLimit) is > 0 and var maxFaces ? maxFaces : null;

    /// <summary>Largest distance of a match; null, and 0 as in DeepFace, for the model's own.</summary>
    public static double? Threshold(RequestFields fields) => fields.Number("threshold", min: 0) is > 0 and var threshold ? threshold : null;

    public static int TopK(RequestFields fields, int defaultValue) => fields.WholeNumber("top_k", defaultValue, min: 1, max: MaxTopK);

    public static bool AntiSpoofing(RequestFields fields) => fields.Flag("anti_spoofing", defaultValue: false);

    /// <summary>The same of a request that may have no picture at all. Someone who asks for a check that nobody can make must hear of it.</summary>
    public static bool AntiSpoofing(RequestFields fields, params ReadOnlySpan<ImageInput> inputs)
    {
        bool isAsked = AntiSpoofing(fields);
        foreach (var input in inputs)
        {
            if (input.Embedding is null)
            {
                return isAsked;
            }
        }

        if (isAsked)
        {
            fields.Reject("anti_spoofing", "an embedding cannot be checked; send a picture, leave the field out or send false");
        }

        return isAsked;
    }
}
