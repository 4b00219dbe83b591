namespace FaceAspire.Contracts.Requests;

/// <summary>Fields that several requests share, with their bounds.</summary>
internal static class CommonFields
{
    private const int MaxExpandPercentage = 100;
    private const int MaxFacesLimit = 10_000;

    /// <summary>DeepFace takes a negative percentage for 0, and so do we.</summary>
    public static int ExpandPercentage(RequestFields fields) =>
        Math.Max(0, fields.WholeNumber("expand_percentage", defaultValue: 0, min: -MaxExpandPercentage, max: MaxExpandPercentage));

    public static int? MaxFaces(RequestFields fields) =>
        fields.WholeNumber("max_faces", defaultValue: 0, min: 1, max: MaxFacesLimit) is > 0 and var maxFaces ? maxFaces : null;

    /// <summary>Someone who asks for a check that nobody makes must hear of it.</summary>
    public static void RejectAntiSpoofing(RequestFields fields)
    {
        if (fields.Flag("anti_spoofing", defaultValue: false))
        {
            fields.Reject("anti_spoofing", "liveness detection is not available in this version; leave the field out or send false");
        }
    }
}
