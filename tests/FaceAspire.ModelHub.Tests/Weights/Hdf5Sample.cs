using System.IO.Compression;
using System.Text;

namespace FaceAspire.ModelHub.Tests.Weights;

/// <summary>Two small files that h5py 3.7 wrote, as Base64 of their deflated bytes: what PureHDF does not write.</summary>
internal static class Hdf5Sample
{
    private const string OldDeflated =
        "eNrtW29MHEUUn929gwWO9mqbsla0Vwr0CvTYgwOuaNKzBYOGVFL9cNGm3YMepUopAWpP45/WGouaKDFpQrAaPpiGDyaSGg3RkJxtVD4YgyY1xDTmrNHywZh+MIaYmLp3+97ezbh3e1dw1WQfH2ZnZ9"
        + "6bee/93pu9GeaVro4Hyku3lJIkiSLh1L9MugUUvJeuY7sCJXKNQ7mgv9ckSlDfQNyG/R490NmZ7H2LIRzHw2ulSIypq/P+nmQZhjqOt8z0O37iSHTw8KnosaMDY6MZ8w6R2yOOOCj93KBfjKcNk9Kv"
        + "mM+q31ILrd8k1CcY/RSQN4P2b9PKR/Y/3JG0tAzvxSraLzLUh6sK0w/l4rxCHC13AOfDFSYXccDyu8gkyC9Xx5TIYOTp6Mjhocjx6GhKtY1qv5JkO6cxlII8LPtODD2VeugfjIyNRYcOy/jgx4cmfG"
        + "jGhwA+tOBDKz604UMQ5xfKNj8/zs+ZMT+OiY8j0aHRaKouGOJm1qHVY3nGhVhUWFy4scFB90O74Ty7yOqIxU1MoO0wDfWEcHu4YfldoCH6RYtwzTHol/IMv2B48hn6Nz4ZHRmKDrbLqUrvschou0xM"
        + "8liPE+LUmZ+/hosL85cHylkn3Q+ninWcLdo3uEp/eZ20v1g988+PRZoMPW9oyOIc2gsUJzD+QHiatQuqR5KSNni2wjsPqRBJxQs6v5hq57VwI2WqZZIPHI/ytDVvdOBkf/9gVJfLwfsj0WQCSL8XwS"
        + "MC71woTk9JAA2F9NTcOezMp+P+ntz2Q38oRbn7JXHHqVHA4q6mQBy4N2vldpN+bNi2AF9tVhwYUzhPPna854FvG4MLM3p3Mx1XfJ76fWYyXjb9fjIZL5t+RRVaWWmcrrNSLfDdacLHjrfXZLxs+j1u"
        + "Ml42/U5VMPoy/Vg+B7HJJptssskmm2yyySab1ppih/oUDx+QZdEbGOsODl/nhbJzL75adHb+7HZX8AxHLiVKjqc6uSolySVJ/bJ8TVESEWWRey14eWKjxJHuy8K01mXL5sphsSs823vlbMVWR0e1q7"
        + "uhUqVIvMRFKt2uX7Ve98jyJln+RVFWPo17rsSVK/FEPJ4Q9+1XHOTkiCMBwx28744DTVumHqvtnrqkfP1m+VsfBSOE3DVfflXr8KwkjUjSd5J00S839ClLn8cTL50hR2sd81o7v7eq9KG69o+f6f9y"
        + "6oPeq1N3f/J7UoD/uXXntQ69kvSEJP0hST/75fdUAV+kBAxddPypta+rbB/54ZvzxW+8E++8oBAfT8pulHyotb3ulw/2KbGXq6879g0TcqhDeFBr2H+hffTHb9+ueP97ZNp0owQEfuWXr6lM54Apcl"
        + "CIkCCZJyGyl/bK4h7Y7YJyGcqbUP62x0auTTbZZJNNqyGOOJn9em2nGs9NcB/u7/vv62Fv001KnaR0PbTr++88nxIggjyBm4AdQPYkZPw/Zg/jczrc0B2A99q5D8l67mNG7LkPWmVmKzsfjXrWSD88"
        + "x+qCccahdOE5DSknmwzO0zZ49sAcQyRQRgK38HyP4wqy4/Q2a+x40/PP2hHPdaahfrqVHmcG6sutqD/AaCvdj/UD+mcC5r/osdY/8e3W+Geiygr/cPo5zICHHoe1b76E572nwU5zNbReXdtof2fjRz"
        + "uGmIO3sMM4S7Lxy/5/h1X4iNVag4/ZamvyIBunmXbM9n8F64jJ/3s0pk/rs/0fQRwP7HcXhjvEi+SlcbZcRS1TxvzqnIPgv7CXtjfKdZvwo39XmINmjAcz3PaAXyeqrcWttNMa3A7ssCavhaDurWbG"
        + "YexbaF7DfDZXR+NpAQaQTfCBuFipo/GEcnPiU/1kXAJcButpu6Jctwk/+nHSS7cj7s3wKYL/unZYi8+VemvwKdZZg0+Ul6ilx2HtWyg+Me9N7qLxGAd5IRN8Yt5b2kXjEeXKJvhCXEk+Go8oNye+BT"
        + "W+wM9hH+2XSW8e+BbS+I7V0+1L3vzwPQN5cHmnxfm30Rp8LzdYg28F172dzHc/Y9+C8y/E55xM41mpy62Hnn+h34pM4xnlhkzwjXk36KfxjHJlE3wiLmN+Gs8oN2d8ONT8D3Ex56f9inLdJvx6/vfR"
        + "7XP1+cXHOOBnocHi7+omi/K/bE18DCNuG+hxWPsWGh+Y96UAPe8QvFdM4gPzfjhAxwPK7TGJD8z7kwE6HlBuyCQ+MO8vBZj1x5dHfKn4RlxLLcz648sjvpxqfAPOwuz9A18e8eXM+P73M+uPL8/1B9"
        + "aB5UaL159Wi77/m63ZdzqN608js/4w9sX7JIkm5jsM5tnVnGkPXl930B4YTwq8x7iON9Pytfji9XUH+VFvlIvyMH4pfp7X1x19f4TQ6xnKCxvxC7y+7iA/xhPK1ePdiN/B6+sO8mM8oVw93o34nar+"
        + "DL/++4dZT6UWA/4iXr8XhPz67x9mPQ0b8mesfy3M75+mPH//MLiwKj7FGqP4zH6vIrY7tz7Z7sGIbXS/9P0c4FujOMX7Nfq1JHiv305i6k1MvZmpB5h6C1NvZeptTD2YRd858v8iM1wk2gvDBeLQw+"
        + "zDsfdtVntvkL1vM1xDyy10PzA9L/b8TvshyPH0vSf2Po2gl3ieZxzH2c/zJiuMv1hi/yo+WDsv7l4buX8Bexn1yQ==";

    private const string LinksDeflated =
        "eNrtWktP20AQ3nUS4vKQTAEltKJE9KFQVYQjR6OSygdUEO0ht2KKQ5BCjeKgtKf2mN5y7E/gmGN/Akd+Aj8hx95a2zuzzi4OkCikkdi5rPfhfXhnvp35vD+trXczk08mSSC6TpLEIN3yF+SqIOaxfh"
        + "9SCmkT0nMNyxNhXRbKDeg/l2D5CpR/3CsWCdF4//I41gRL85D/tcbSXaLkIYhV3Ay3ui3pnfX8Zj2zVmU9pUK7WdT3NyzJrYnjYr2s19PEgv6mie73VrW/ObVPX+wTxwvL5/xBpoJ6SgX7wHR3e/Nt"
        + "0drZ3iru8flrMfNvpcX5MzuhPe2EPGKJrlTmQdtJCfKoT52U2K4BqedUy916aQ447of3O1uUpPi4HU3Ud9m+LDwvcmK7NuQvV6A9ruux2O4U8q15cd7GU7HdBuRLS+L5gXYD0yTrY7J/iDdtOB8vU4"
        + "g3JqxrJsSbhnN8VKlHgBPgDb0Bbxo8n2JlFPNMQ3q9l/Drg+fZ3LLvG7Adyegk8x3qU/5sgnpN0yjDHdZfglrMp4C3ImmOlb0wvdW419NMSPoo7QPiaietsEaUK1N9EiVKlChRouRhCfX9vLj4W18A"
        + "/1uIX0nv+FWJil+79AX97fa8rG/AowxpXI1rbrxmTkKcgzIBkSnVzbR7VveOD505QgpO/XPh1Pa8xiEp1By72pv/zPbH61wsKl5H2UVkFxivXmTieR3UVWtIfEQTcPw8M2w+YuJGPgLZg+SAfESa5N"
        + "k8CON+Wz3syOB4g/wFWqAhtSyNZJ+z0vdqL4rtupEm4jEoX9ePrLKZwfyYeLy+XOoPr81lhdcKr6/j9del0eC1zHuPij+WX74zXjOzi/BX07hJJQUSeRz54wh3158p3R8m7v553h/uVl4q3FW4ex13"
        + "Oyv3i7soYdDni+eW66GfBgVluxbWV133NCyHB6/u1hzfhaucHTlB+YF7chDOr+JWg4IDu+bcR7zL/zOyMJb/bx2VX0+iX7ZmX349nBNTfj2bB/avh/79oVOu2nWHHxhx54m/9K7zZP+/nBOlF8pWB5"
        + "Hb8P/3a4X/Cv9j8D8/Gr+7/QrwND9av/v6vQ0jfDZ0wvE0jh+J+I7tHvc1WmO5zzKenq8q3R8cT9X/GCV3w1O0N3NNjt+G658y+07y8W67l4U4L9/rk2nQDfT6FsT+ZH4b13Eh3WOU8X3c5R9cXnuj";

    /// <summary>A whole model: names in two lists and trees of several levels (<c>sym_k</c> 1); <c>conv</c> has a kernel of 5×3×2×4 (0, 1, 2, …; shuffled and deflated chunks of 2×3×1×3)
    /// and a bias of 16 bits (0.5, −1.25, 2, 3), <c>dense</c> a kernel of 64 bits (2×3; 0, ¼, ½, …), nine layers between them have nothing.</summary>
    public static byte[] Model() => Inflate(OldDeflated);

    /// <summary>A file that lists one layer, whose name is given. There are: <c>real</c> (a tensor w of one number, and a link <c>self</c> to itself), <c>soft</c>, <c>far/outside</c> and <c>loop</c> (links by path, into another file and to itself),
    /// <c>stored</c> (its data lie in /etc/passwd), <c>huge</c> (2⁴⁰ numbers), <c>bomb</c> (2³⁰ numbers of which none is stored), <c>whole</c> (whole numbers) and <c>bare</c> (no list of weights).</summary>
    public static byte[] WithLayer(string name)
    {
        byte[] file = Inflate(LinksDeflated);
        int place = file.AsSpan().IndexOf("PLACEHOLDER"u8);
        file.AsSpan(place, 11).Clear();
        Encoding.ASCII.GetBytes(name).CopyTo(file, place);
        return file;
    }

    private static byte[] Inflate(string deflated)
    {
        using ZLibStream stream = new(new MemoryStream(Convert.FromBase64String(deflated)), CompressionMode.Decompress);
        using MemoryStream file = new();
        stream.CopyTo(file);
        return file.ToArray();
    }
}
