using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Invites.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class NoGrantOutlivesARemoval : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "entering_auth_id",
                schema: "invites",
                table: "invites",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "group_name",
                schema: "invites",
                table: "invites",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "invitee_version",
                schema: "invites",
                table: "invites",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "inviter_version",
                schema: "invites",
                table: "invites",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<bool>(
                name: "is_open_to_member",
                schema: "invites",
                table: "invites",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "ix_invites_group_id_inviter_id",
                schema: "invites",
                table: "invites",
                columns: new[] { "group_id", "inviter_id" });

            // What the name was when each was made nobody knows any more. The versions stay 0: who was a member before is invited anew.
            migrationBuilder.Sql("UPDATE invites.invites SET group_name = COALESCE((SELECT g.name FROM invites.replica_groups g WHERE g.group_id = invites.group_id), '')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_invites_group_id_inviter_id",
                schema: "invites",
                table: "invites");

            migrationBuilder.DropColumn(
                name: "entering_auth_id",
                schema: "invites",
                table: "invites");

            migrationBuilder.DropColumn(
                name: "group_name",
                schema: "invites",
                table: "invites");

            migrationBuilder.DropColumn(
                name: "invitee_version",
                schema: "invites",
                table: "invites");

            migrationBuilder.DropColumn(
                name: "inviter_version",
                schema: "invites",
                table: "invites");

            migrationBuilder.DropColumn(
                name: "is_open_to_member",
                schema: "invites",
                table: "invites");
        }
    }
}
