using FaceAspire.Edge;
using FaceAspire.Gateway;
using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("gateway");
builder.AddEdge();
builder.AddGateway();

var app = builder.Build();

app.UseServiceDefaults(static edge => edge.UseEdge());
app.MapServiceInfo("gateway");
app.MapEdge();
app.MapGateway();

return await app.RunServiceAsync();
