using System.Text.Json;
using FaceAspire.Tests.EndToEnd.Manifest;

namespace FaceAspire.Tests.EndToEnd.Local;

/// <summary>Calls with the drawn faces of <c>samples/</c>.</summary>
internal static class SamplePictures
{
    /// <summary>How many faces a service finds in a sample.</summary>
    public static async Task<int> CountFacesAsync(HttpClient client, string picture, CancellationToken cancellationToken)
    {
        using var image = new ByteArrayContent(await File.ReadAllBytesAsync(Repository.PathOf("samples", picture), cancellationToken));
        using var form = new MultipartFormDataContent { { image, "img", picture } };
        using var response = await client.PostAsync("/api/v1/extract", form, cancellationToken);
        string answer = await response.Content.ReadAsStringAsync(cancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue(answer);
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("faces_found").GetInt32();
    }
}
