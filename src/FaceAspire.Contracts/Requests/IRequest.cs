using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>A request body that knows how it is read, so that JSON and forms are bound alike.</summary>
/// <typeparam name="TSelf">The request itself.</typeparam>
public interface IRequest<TSelf>
    where TSelf : IRequest<TSelf>
{
    /// <summary>Most pictures that a body of this kind carries: decides how large it may be.</summary>
    static abstract int MaxImages { get; }

    /// <summary>Reads and checks every field. Wrong fields are noted in <paramref name="fields"/>; the caller throws once.</summary>
    static abstract TSelf Read(RequestFields fields, ApiNames names);
}
