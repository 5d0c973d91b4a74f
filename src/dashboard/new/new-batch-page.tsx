export default function NewBatchPage() {
  return <h1>New batch</h1>;
}
