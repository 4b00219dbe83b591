using System.Security.Cryptography;
using System.Text.Json;
using FaceAspire.Tests.EndToEnd.Manifest;

namespace FaceAspire.Tests.EndToEnd.Local;

/// <summary>The drawn faces of <c>samples/</c>, and calls with them.</summary>
internal static class SamplePictures
{
    /// <summary>The encoded picture.</summary>
    public static byte[] Bytes(string picture) => File.ReadAllBytes(Repository.PathOf("samples", picture));

    /// <summary>The same picture in a file that no cache has seen: a comment of random bytes follows the start-of-image marker.</summary>
    public static byte[] Unseen(string picture)
    {
        byte[] file = Bytes(picture);
        return [.. file[..2], 0xFF, 0xFE, 0, 18, .. RandomNumberGenerator.GetBytes(16), .. file[2..]];
    }

    /// <summary>An encoded picture as the API takes it in JSON.</summary>
    public static string DataUri(byte[] picture) => $"data:image/jpeg;base64,{Convert.ToBase64String(picture)}";

    /// <summary>How many faces a service finds in a sample.</summary>
    public static async Task<int> CountFacesAsync(HttpClient client, string picture, CancellationToken cancellationToken)
    {
        using var image = new ByteArrayContent(Bytes(picture));
        using var form = new MultipartFormDataContent { { image, "img", picture } };
        using var response = await client.PostAsync("/api/v1/extract", form, cancellationToken);
        string answer = await response.Content.ReadAsStringAsync(cancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue(answer);
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("faces_found").GetInt32();
    }
}
