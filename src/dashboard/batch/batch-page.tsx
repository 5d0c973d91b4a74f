export default function BatchPage({ batchId }: { batchId: string }) {
  return <h1>{batchId}</h1>;
}
