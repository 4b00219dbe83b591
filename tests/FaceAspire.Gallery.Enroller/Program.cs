using System.Globalization;
using FaceAspire.Gallery.Enroller;
using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

// Arguments: folder, seed of the choices, first seed of a face. A line of output says what is acknowledged ("+ id seed", "- id"), or about to be tried ("? id").
var random = new Random(int.Parse(args[1], CultureInfo.InvariantCulture));
int next = int.Parse(args[2], CultureInfo.InvariantCulture);
using var gallery = SqliteFaceGallery.Open(args[0], NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System);
List<long> kept = [];
Console.WriteLine("ready");
while (true)
{
    if (kept.Count > 20 && random.Next(4) == 0)
    {
        long gone = kept[random.Next(kept.Count)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"? {gone}"));
        await gallery.DeleteFacesAsync(SeededFaces.Gallery, [gone], CancellationToken.None);
        kept.Remove(gone);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"- {gone}"));
        continue;
    }

    int[] seeds = [.. Enumerable.Range(next, random.Next(1, 20))];
    next += seeds.Length;
    var results = await gallery.EnrolAsync(SeededFaces.Gallery, [.. seeds.Select(SeededFaces.Enrolment)], CancellationToken.None);
    foreach (var (seed, result) in seeds.Zip(results))
    {
        kept.Add(result.Face.Id);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"+ {result.Face.Id} {seed}"));
    }
}
